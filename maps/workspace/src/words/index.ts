/** Chinese first, English with one click, remembered. */
import { createI18n } from "vue-i18n";
import { account } from "../account/words";
import { draw } from "../draw/words";
import { field } from "../edits/words";
import { map } from "../map/words";
import { parts } from "../parts/words";
import { plot } from "../plot/words";
import { shell } from "../shell/words";
import { isPair, PLURALS } from "./pairs";

export type Language = "zh" | "en";

/**
 * Every room has its words in a file of its own, both languages side by side. Those of the pages of the rail and of the
 * tables come when they are opened (`withWords`); these are there from the start.
 */
export const rooms = { account, draw, field, map, parts, plot, shell };

type Words = { [name: string]: string | Words };

/** Pairs ["中文", "English"] taken apart into one tree per language. */
function spoken(pairs: Pairs, at: 0 | 1): Words {
  const entries = Object.entries(pairs).map(([name, one]): [string, string | Words] => [
    name,
    isPair(one) ? one[at] : spoken(one, at),
  ]);
  return Object.fromEntries(entries);
}

export type Pair = readonly [zh: string, en: string];
export type Pairs = { readonly [name: string]: Pair | Pairs };

const KEPT_AS = "luotu.language";

function remembered(): Language {
  return localStorage.getItem(KEPT_AS) === "en" ? "en" : "zh";
}

export const i18n = createI18n({
  legacy: false,
  locale: remembered(),
  fallbackLocale: "zh",
  messages: { zh: spoken(rooms, 0), en: spoken(rooms, 1) },
  // "one | many" by the number `count` or `n`; a figure that is a text already is many.
  pluralRules: PLURALS,
});

/** Add the words of a room that came later: `t("room.…")` knows them from now on. */
export function addWords(room: string, pairs: Pairs): void {
  i18n.global.mergeLocaleMessage("zh", { [room]: spoken(pairs, 0) });
  i18n.global.mergeLocaleMessage("en", { [room]: spoken(pairs, 1) });
}

/** A component, fetched together with the words of its room. */
export async function withWords<T>(
  room: string,
  component: Promise<{ default: T }>,
  words: Promise<{ words: Pairs }>,
): Promise<T> {
  const [view, spoken] = await Promise.all([component, words]);
  addWords(room, spoken.words);
  return view.default;
}

export const t = (key: string, values: Record<string, unknown> = {}): string =>
  i18n.global.t(key, values);

export function language(): Language {
  return i18n.global.locale.value as Language;
}

/** Speak another language from now on. */
export function speak(wanted: Language): void {
  i18n.global.locale.value = wanted;
  localStorage.setItem(KEPT_AS, wanted);
  document.documentElement.lang = wanted === "zh" ? "zh-CN" : "en";
}
