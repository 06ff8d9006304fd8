/** Coordinates that somebody types: degrees, degrees with minutes, or X and Y of a 3° or 6° zone. */

export type Reading = {
  lon: number;
  lat: number;
  /** How it was read: degrees, or the zone and its width. */
  as: "degrees" | { zone: number; width: 3 | 6 };
};

/** China and its neighbourhood: what lies elsewhere was read wrongly. */
const WEST = 70;
const EAST = 140;
const SOUTH = 0;
const NORTH = 60;
const inChina = (lon: number, lat: number): boolean =>
  lon >= WEST && lon <= EAST && lat >= SOUTH && lat <= NORTH;

const ANGLE =
  /([NSEW北南东西])?\s*(\d{1,3}(?:\.\d+)?)\s*[°度d]\s*(?:(\d{1,2}(?:\.\d+)?)\s*['′’分m]\s*)?(?:(\d{1,2}(?:\.\d+)?)\s*(?:"|″|”|''|秒|s)\s*)?([NSEW北南东西])?/giu;

/** Degrees of the angles of a text, with the letter that stands by them. */
function angles(text: string): Array<{ degrees: number; side: string }> {
  return [...text.matchAll(ANGLE)].map(([, before, degrees, minutes, seconds, after]) => ({
    degrees: Number(degrees) + Number(minutes ?? 0) / 60 + Number(seconds ?? 0) / 3600,
    side: (before ?? after ?? "").toUpperCase(),
  }));
}

/** Two numbers, whatever letters and signs stand around them; null for another text. */
function pair(text: string): [number, number] | null {
  const plain = text.replace(/[xy东经北纬经度纬度lonlatEN:：=°]/giu, " ");
  const found = /^\s*(\d+(?:\.\d+)?)\s*[,，;；\s]\s*(\d+(?:\.\d+)?)\s*$/.exec(plain);
  return found === null ? null : [Number(found[1]), Number(found[2])];
}

type Inverse = (east: number, north: number, meridian: number) => [number, number];

/**
 * All ways to read a text as a place in China, the surest first; empty for a text that is none.
 *
 * `near` is the longitude that is looked at: metres without a zone before them are taken to lie there. `inverse`
 * turns metres east (500 000 at the meridian) and north into degrees.
 */
export function coordinates(text: string, near: number, inverse: Inverse): Reading[] {
  const two = angles(text);
  if (two.length === 2) {
    const [first, second] = two as [(typeof two)[0], (typeof two)[0]];
    const swapped = /[NS北南]/.test(first.side) || /[EW东西]/.test(second.side);
    return degrees(first.degrees, second.degrees, swapped);
  }
  const numbers = pair(text);
  if (numbers === null) return [];
  const [a, b] = numbers;
  if (a <= 180 && b <= 180) return degrees(a, b, false);
  return [...metres(a, b, near, inverse), ...metres(b, a, near, inverse)];
}

function degrees(a: number, b: number, swapped: boolean): Reading[] {
  const pairs = swapped
    ? [[b, a]]
    : [
        [a, b],
        [b, a],
      ];
  const [first] = pairs.filter(([lon, lat]) => inChina(lon ?? 0, lat ?? 0));
  return first ? [{ lon: first[0] ?? 0, lat: first[1] ?? 0, as: "degrees" }] : [];
}

/** North (X) first, east (Y) second; the zone stands in the millions of Y, or is that of the view. */
function metres(north: number, east: number, near: number, inverse: Inverse): Reading[] {
  if (north < 1_000_000 || north > 6_700_000 || east < 100_000) return [];
  const written = Math.floor(east / 1_000_000);
  const zones =
    written > 0
      ? [written]
      : [Math.round(near / 3), Math.floor(near / 6) + 1].filter(
          (one, n, all) => all.indexOf(one) === n,
        );
  return zones.flatMap((zone) => {
    const width = zone >= 24 ? 3 : 6;
    const meridian = width === 3 ? zone * 3 : zone * 6 - 3;
    const [lon, lat] = inverse(east % 1_000_000, north, meridian);
    return inChina(lon, lat) && Math.abs(lon - meridian) < width
      ? [{ lon, lat, as: { zone, width } as const }]
      : [];
  });
}
