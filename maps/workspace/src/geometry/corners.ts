/** Corners (界址点) as people type and paste them: lines of numbers, in degrees or in metres of a 3° zone. */
import type { Ring } from "./shapes";

/** Rings of pairs as they were written; `plane`: metres, north before east with its zone. */
export type Corners = { parts: Ring[][]; plane: boolean };
export type NoCorners = { wrong: "no_corners" | "no_zone" | "mixed" };

/** East of a 3° zone of China, its number before it: 25 to 45 million. */
const isEast = (value: number): boolean => value >= 25e6 && value < 46e6;
const isDegrees = ([a, b]: [number, number]): boolean => Math.abs(a) <= 180 && Math.abs(b) <= 90;

/** The numbers of a line; the point's own name (`J1`) is none. */
const numbers = (line: string): number[] =>
  line
    .split(/[\s,;，；]+/)
    .filter((word) => /^[-+]?\d+(\.\d+)?$/.test(word))
    .map(Number);

/**
 * Corners line by line: `X Y`, `J1,X,Y`, `J1,ring,X,Y` (the ring's number, from 1: holes follow the shell),
 * or `lon lat`. A line with `@` begins another part; lines in brackets and `name=value` are passed over.
 */
export function cornersOf(text: string): Corners | NoCorners {
  const parts = [new Map<number, Ring>()];
  for (const line of text.split(/\r?\n/)) {
    if (line.includes("@")) {
      parts.push(new Map());
      continue;
    }
    if (/^\s*\[|=/.test(line)) continue;
    const found = numbers(line);
    const [a, b] = found.slice(-2);
    if (a === undefined || b === undefined) continue;
    const named = /^\s*[A-Za-z]/.test(line);
    const ring = named && found.length >= 3 ? (found.at(-3) ?? 1) : 1;
    const rings = parts.at(-1) ?? new Map<number, Ring>();
    rings.set(ring, [...(rings.get(ring) ?? []), [a, b]]);
  }
  const kept = parts
    .map((rings) => [...rings].sort(([a], [b]) => a - b).map(([, ring]) => ring))
    .filter((rings) => (rings[0]?.length ?? 0) >= 3);
  const flat = kept.flat(2);
  if (flat.length === 0) return { wrong: "no_corners" };
  if (flat.every(isDegrees)) return { parts: kept, plane: false };
  if (flat.some(isDegrees)) return { wrong: "mixed" };
  if (!flat.every(([a, b]) => isEast(a) !== isEast(b))) return { wrong: "no_zone" };
  const north = kept.map((rings) =>
    rings.map((ring) => ring.map(([a, b]): [number, number] => (isEast(a) ? [b, a] : [a, b]))),
  );
  return { parts: north, plane: true };
}
