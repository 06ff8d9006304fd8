/** The language that the page speaks now. */
import type { Pair, Words } from "./data";
import { PATROL_WORDS, WORDS } from "./words";
import type { Word } from "./words";

export type Language = "zh" | "en";

let language: Language = "zh";
let words: Readonly<Record<Word, Pair>> = WORDS;

export const spoken = (): Language => language;

/** The language that the address asks for: whoever leads here may name it, #en or #zh. */
export function languageOfAddress(): Language | null {
  if (location.hash === "#zh") return "zh";
  return location.hash === "#en" ? "en" : null;
}

export function speak(wanted: Language): void {
  language = wanted;
}

/** A map of patrols says some things otherwise than a map of plots. */
export function speakOfPatrols(): void {
  words = { ...WORDS, ...PATROL_WORDS };
}

/** The side of a pair that is spoken. */
export const pick = ([zh, en]: Pair): string => (language === "zh" ? zh : en);

/** The side of a text that is spoken, where it has sides. */
export const pickWords = (words: Words): string =>
  typeof words === "string" ? words : pick(words);

/** A word of the page; {0}, {1} … in it become the values. */
export function say(word: Word, ...values: readonly (string | number)[]): string {
  return values.reduce<string>(
    (text, value, place) => text.split(`{${place}}`).join(String(value)),
    pick(words[word]),
  );
}
