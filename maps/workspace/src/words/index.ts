/** Chinese first, English with one click, remembered. */
import { createI18n } from "vue-i18n";
import { account } from "../account/words";
import { coverage } from "../coverage/words";
import { draw } from "../draw/words";
import { field } from "../edits/words";
import { map } from "../map/words";
import { plot } from "../plot/words";
import { shell } from "../shell/words";
import { table } from "../table/words";
import { work } from "../work/words";

export type Language = "zh" | "en";

/** Every room of the page has its words in a file of its own, both languages side by side. */
export const rooms = { account, coverage, draw, field, map, plot, shell, table, work };

type Words = { [name: string]: string | Words };

/** Pairs ["中文", "English"] taken apart into one tree per language. */
function spoken(pairs: Pairs, at: 0 | 1): Words {
  const entries = Object.entries(pairs).map(([name, one]) => [
    name,
    Array.isArray(one) ? one[at] : spoken(one as Pairs, at),
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
});

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
