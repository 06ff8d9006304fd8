/**
 * The pages of the rail: every folder of `src/` that has a `page.ts`. The frame knows no page by name.
 *
 * How to add a page, for example 导入 (imports). No other file is touched:
 *
 * 1. `src/imports/page.ts`: `export const page = { … } satisfies PageDefinition`, as in `src/layers/page.ts`:
 *    name (in the address: `#page=imports`), title in both languages, icon (path data of our own), roles, shortcut
 *    (a free digit, which is also the place in the rail; a free letter when none is), layout, words, component.
 * 2. `src/imports/words.ts`: `export const words = { … } satisfies Pairs`; they come with the page, as `imports.…`.
 * 3. `src/imports/ImportsPage.vue`: what is shown. Pages, tables, forms and dialogs are described with `src/parts/`:
 *    `PageSheet` (a page in the place of the map), `DataTable` (columns), `FormField` (fields), `Modal`, and `asked` for
 *    what they show.
 * 4. `tests/service/workspace/test_imports.py`: the page in Chromium. `shell/pages.test.ts` checks names, shortcuts
 *    and words of every page by itself.
 */
import { type Component, computed, watch } from "vue";
import { address } from "../state/address";
import { lazily } from "../state/lazily";
import { tell } from "../state/notices";
import { holds, session } from "../state/session";
import { addWords, type Pair, type Pairs, t, withWords } from "../words";

export type Role = "viewer" | "planner" | "inspector" | "gis" | "admin";

export type PageDefinition = {
  /** In the address (`#page=…`) and before its words: lower-case letters and digits. */
  name: string;
  title: Pair;
  /** Path data of lines on 24 × 24. */
  icon: string;
  /** Whoever has one of these roles sees the page; null: everybody who is signed in. */
  roles: readonly Role[] | null;
  /**
   * One digit: the key that opens the page, and its place in the rail (0 after 9). Once the digits are taken, a capital
   * letter that no tool has (`draw/keys.ts`, `review/keys.ts`), with a place after them. Null: no key, and the last place.
   */
  shortcut: string | null;
  /** `beside` the map, in a column; `whole`: in the place of the map, which waits below as it is. */
  layout: "beside" | "whole";
  /** Fetched soon after the start, because it must be there when the line is cut. */
  early?: boolean;
  /** Whether a file that is dropped anywhere is meant for this page. */
  takesFiles?: boolean;
  /** The page's words, under its name; null: it has none beyond those of the frame. */
  words: (() => Promise<{ words: Pairs }>) | null;
  component: () => Promise<{ default: Component }>;
};

export type Page = PageDefinition & {
  /** The component, fetched with its words when it is shown for the first time. */
  view: Component;
};

const NAME = /^[a-z][a-z0-9]*$/;
// V D E H A X M B L K take a tool in hand, S T G change how it draws, A R review.
const KEY = /^[0-9CFIJNOPQUWYZ]$/;

/**
 * The definitions in the order of the rail.
 *
 * Throws an Error that names the page when a name or shortcut has another form, or is given twice.
 */
export function inRailOrder(definitions: readonly PageDefinition[]): PageDefinition[] {
  const names = new Set<string>();
  const shortcuts = new Set<string>();
  for (const { name, shortcut } of definitions) {
    if (!NAME.test(name)) throw new Error(`page "${name}": lower-case letters and digits only`);
    if (names.has(name)) throw new Error(`page "${name}" is there twice`);
    names.add(name);
    if (shortcut === null) continue;
    if (!KEY.test(shortcut))
      throw new Error(`page "${name}": the shortcut is one digit, or a letter that no tool has`);
    if (shortcuts.has(shortcut)) throw new Error(`page "${name}": ${shortcut} is taken`);
    shortcuts.add(shortcut);
  }
  const place = ({ shortcut }: PageDefinition): number =>
    shortcut === null ? 12 : /[A-Z]/.test(shortcut) ? 11 : Number(shortcut) || 10;
  return [...definitions].sort((a, b) => place(a) - place(b));
}

/** The component of a page, after its words. */
const fetched = ({ name, words, component }: PageDefinition): Promise<Component> =>
  words === null ? component().then((view) => view.default) : withWords(name, component(), words());

const found = import.meta.glob<PageDefinition>("../*/page.ts", { eager: true, import: "page" });

/** Every page that is there, in the order of the rail. */
export const pages: readonly Page[] = inRailOrder(Object.values(found)).map((definition) => ({
  ...definition,
  view: lazily(() => fetched(definition)),
}));

addWords("page", Object.fromEntries(pages.map(({ name, title }) => [name, title])));

/** The pages that an account sees which holds some roles. */
export const visibleTo = (all: readonly Page[], has: (role: string) => boolean): Page[] =>
  all.filter(({ roles }) => roles === null || roles.some(has));

/** The pages that whoever is signed in sees. */
export const visiblePages = computed(() => visibleTo(pages, holds));

/** The page that is open: the one that the address names, or the first that the account sees. */
export const openedPage = computed<Page | null>(
  () =>
    visiblePages.value.find(({ name }) => name === address.page) ?? visiblePages.value[0] ?? null,
);

/** Whether the map is in sight; below a whole page it waits. */
export const showsMap = computed(() => openedPage.value?.layout !== "whole");

/** Open a page: a step that the browser's Back takes back. */
export function openPage(name: string): void {
  address.page = name;
}

/** Open the first page that has the map beside it, where none is open. */
export function showMap(): void {
  const beside = visiblePages.value.find(({ layout }) => layout === "beside");
  if (!showsMap.value && beside) openPage(beside.name);
}

/** Name the browser's tab after the page, and say when an address names a page that is not there. */
export function followPages(): void {
  watch(
    () => [openedPage.value?.name, t("shell.name")] as const,
    ([name, product]) => {
      document.title = name === undefined ? product : `${t(`page.${name}`)} · ${product}`;
    },
    { immediate: true },
  );
  watch(
    () => [session.state, address.page] as const,
    ([state, name]) => {
      if (state !== "in" || name === null || name === openedPage.value?.name) return;
      tell(t("shell.no_such_page", { page: name }), "bad");
    },
    { immediate: true },
  );
}

/** Fetch what must be there when the line is cut; also while nobody has signed in yet. */
export function fetchEarly(): void {
  for (const definition of pages)
    if (definition.early) void fetched(definition).catch(() => undefined);
}
