/** Words in both languages, as a list that a test can look through. */
import type { Pair, Pairs } from "./index";

export const isPair = (one: Pair | Pairs): one is Pair => Array.isArray(one);

/** Every sentence of a room with its path, as `none.drafts`. */
export function pairsOf(pairs: Pairs, path = ""): Array<readonly [path: string, pair: Pair]> {
  return Object.entries(pairs).flatMap(([name, one]) =>
    isPair(one) ? [[`${path}${name}`, one] as const] : pairsOf(one, `${path}${name}.`),
  );
}

/** The slots of a sentence, in the order of their names. */
export const slotsOf = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();

/** Which form of a sentence a number asks for; a figure that is a text already (-1) is many. */
export const PLURALS = { en: (n: number): number => (n === 1 ? 0 : 1) };
