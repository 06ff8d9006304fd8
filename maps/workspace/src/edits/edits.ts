/** Plots as they stand on this page: what is stored, what was changed, and the way back. */
import { computed, reactive, ref, shallowReactive, shallowRef } from "vue";
import type { Plot, PlotProperties } from "../api/client";
import { type Content, contentOf, same } from "./content";
import { keep, kept, keptNames, moved } from "./kept";
import { type Change, done, EMPTY, keysIn, type Log, redone, renamed, stored, undone } from "./log";
import { type Anchor, canonical, keyOf, newKey, type Sent, type Stock, united } from "./stock";
import { nameTab, otherTabs } from "./tabs";

export { type Anchor, keyOf, newKey };

/** How it stands with a plot that is not saved. */
export type Saving = {
  state: "saving" | "waiting" | "refused" | "warned" | "stale";
  /** Why, when it was refused, warned of, or somebody was first. */
  error?: unknown;
};

const anchors = shallowReactive(new Map<string, Anchor>());
const contents = shallowReactive(new Map<string, Content | null>());
const log = shallowRef<Log>(EMPTY);
const saving = reactive(new Map<string, Saving>());
/** What was sent and not answered yet. */
const sent = new Map<string, Sent>();
/** Called when a plot that was known under two keys has but one from now on. */
export const afterRename = new Set<(from: string, to: string) => void>();

/** Counts whenever a plot stands otherwise than before: the map draws anew. */
export const revision = ref(0);

/** The plot as the service has it; null for one that is not stored. */
export function anchor(key: string): Anchor | null {
  return anchors.get(key) ?? null;
}

/** The content of a plot as it stands here; null when it is not there. */
export function content(key: string): Content | null {
  const here = contents.get(key);
  return here === undefined ? (anchors.get(key)?.content ?? null) : here;
}

function storedContent(key: string): Content | null {
  const known = anchors.get(key);
  return known === undefined || known.gone ? null : known.content;
}

/** Whether a plot stands otherwise here than with the service. */
export const isChanged = (key: string): boolean =>
  contents.has(key) && !same(contents.get(key), storedContent(key));

/** Keys of all plots that wait to be saved. */
export const unsaved = computed(() => [...contents.keys()].filter(isChanged));

/** Keys of all plots that were changed here, saved or not. */
export const touched = (): string[] => [...contents.keys()];

export const canUndo = computed(() => log.value.at > 0);
export const canRedo = computed(() => log.value.at < log.value.steps.length);
export const undoLabel = computed(() => log.value.steps[log.value.at - 1]?.label ?? null);
export const redoLabel = computed(() => log.value.steps[log.value.at]?.label ?? null);

export const savingOf = (key: string): Saving | null => saving.get(key) ?? null;
export function setSaving(key: string, how: Saving | null): void {
  if (how === null) saving.delete(key);
  else saving.set(key, how);
}

/** The key of the plot with this number, also when it was drawn here. */
export function keyForId(id: number): string {
  for (const [key, known] of anchors) if (known.plot.id === id) return key;
  return keyOf(id);
}

/** Learn what the service has; a plot that is changed here keeps the version it was changed from. */
export function know(plot: Plot): string {
  const key = keyForId(plot.id);
  const before = anchors.get(key);
  if (before?.plot.properties.version === plot.properties.version && !before.gone) return key;
  const fresh = contentOf(plot);
  if (isChanged(key)) {
    // Where only its review moved on, what is changed here is based on it as well.
    if (before && !before.gone && same(before.content, fresh))
      anchors.set(key, { plot, content: fresh, gone: false });
    return key;
  }
  anchors.set(key, { plot, content: fresh, gone: false });
  contents.delete(key);
  return key;
}

/** A plot that was drawn here turned out to be one that is known by its number. */
function unite(key: string, id: number): void {
  const other = [...anchors].find(([one, known]) => one !== key && known.plot.id === id)?.[0];
  if (other === undefined) return;
  if (isChanged(other)) contents.set(key, contents.get(other) ?? null);
  anchors.delete(other);
  contents.delete(other);
  saving.delete(other);
  log.value = renamed(log.value, other, key);
  for (const follow of afterRename) follow(other, key);
}

/** What was sent of a plot and not answered; null when nothing is open. */
export const sentOf = (key: string): Sent | null => sent.get(key) ?? null;

/** Keep, before it is sent, what is sent of a plot: without an answer it may be stored, or not. */
export async function markSent(key: string, what: Sent): Promise<void> {
  sent.set(key, what);
  await persist();
}

/** The service has answered. */
export function unmarkSent(key: string): void {
  if (sent.delete(key)) void persist();
}

/** Keys of plots of which something was sent and not answered. */
export const keysSent = (): string[] => [...sent.keys()];

/** Do something to plots, so that it can be undone. Nothing happens where nothing changes. */
export function change(label: string, wanted: Array<{ key: string; after: Content | null }>): void {
  const changes: Change[] = wanted
    .map(({ key, after }) => ({ key, before: content(key), after }))
    .filter((one) => !same(one.before, one.after));
  if (changes.length === 0) return;
  log.value = done(log.value, { label, changes });
  take(changes.map((one) => [one.key, one.after]));
}

/** Change some attributes of a plot. */
export function changeProperties(key: string, label: string, some: Partial<PlotProperties>): void {
  const here = content(key);
  if (here === null) return;
  const properties = { ...here.properties, ...some } as PlotProperties;
  change(label, [{ key, after: { ...here, properties } }]);
}

/** Back to what the service has; can be undone. */
export function discard(key: string): void {
  change("draw.step.discard", [{ key, after: storedContent(key) }]);
  setSaving(key, null);
}

export function undo(): void {
  const back = undone(log.value);
  if (back === null) return;
  log.value = back.log;
  take(back.now);
}

export function redo(): void {
  const forth = redone(log.value);
  if (forth === null) return;
  log.value = forth.log;
  take(forth.now);
}

function take(now: Array<[string, Content | null]>): void {
  for (const [key, one] of now) {
    contents.set(key, one);
    saving.delete(key);
  }
  void persist();
}

/** The service has stored what was sent for a key (null: deleted it). */
export function settle(key: string, what: Content | null, plot: Plot | null): void {
  const before = anchors.get(key);
  if (plot === null) {
    if (before) anchors.set(key, { ...before, gone: true });
  } else {
    const fresh = contentOf(plot);
    anchors.set(key, { plot, content: fresh, gone: false });
    if (what !== null) log.value = stored(log.value, key, what, fresh);
    // What was changed while it was being saved stays changed.
    if (what === null || same(contents.get(key), what)) contents.set(key, fresh);
    unite(key, plot.id);
  }
  saving.delete(key);
  sent.delete(key);
  void persist();
}

/** Changed by the service at one's own wish (split, merge): a step that can be undone. */
export function settleStep(
  label: string,
  outcome: Array<{ key: string; plot: Plot | null }>,
): void {
  const changes: Change[] = outcome.map(({ key, plot }) => ({
    key,
    before: content(key),
    after: plot === null ? null : contentOf(plot),
  }));
  log.value = done(log.value, { label, changes });
  for (const { key, plot } of outcome) {
    const before = anchors.get(key);
    if (plot !== null) anchors.set(key, { plot, content: contentOf(plot), gone: false });
    else if (before) anchors.set(key, { ...before, gone: true });
    contents.set(key, plot === null ? null : contentOf(plot));
  }
  void persist();
}

/** Base a changed plot on a newer version of the service's; what is changed here stays. */
export function rebase(key: string, plot: Plot): void {
  anchors.set(key, { plot, content: contentOf(plot), gone: false });
  saving.delete(key);
  void persist();
}

let owner: string | null = null;

/** What this tab keeps: plots of the log, and those that are not saved. */
function stock(): Stock {
  const told = keysIn(log.value);
  for (const key of [...unsaved.value, ...sent.keys()]) told.add(key);
  const mine = <T>(all: ReadonlyMap<string, T>) => [...all].filter(([key]) => told.has(key));
  const what = canonical({
    log: log.value,
    anchors: mine(anchors),
    contents: mine(contents),
    sent: mine(sent),
  });
  // Plain data: what Vue wraps cannot be cloned.
  return JSON.parse(JSON.stringify(what)) as Stock;
}

async function persist(): Promise<void> {
  revision.value++;
  if (owner !== null) await keep(owner, stock());
}

/** Take over what was left; answers what cannot be, for the same plots are changed here. */
function adopt(left: Partial<Stock>): Stock | null {
  const here: Stock = {
    log: log.value,
    anchors: [...anchors],
    contents: [...contents],
    sent: [...sent],
  };
  const found = canonical({ log: EMPTY, anchors: [], contents: [], sent: [], ...left });
  const { now, rest } = united(here, found);
  for (const [key, one] of now.anchors) anchors.set(key, one);
  for (const [key, one] of now.contents) contents.set(key, one);
  for (const [key, one] of now.sent) sent.set(key, one);
  log.value = now.log;
  return rest;
}

/** Take up what this account left unsaved in this tab, and in tabs that are closed. */
export async function takeUp(name: string): Promise<void> {
  const others = await otherTabs();
  const prefix = `edits:${name}:`;
  const mine = `${prefix}${nameTab(others)}`;
  const own = await kept(mine);
  if (own !== undefined) adopt(own);
  owner = mine;
  for (const left of (await keptNames()).filter((one) => one.startsWith(prefix) && one !== mine)) {
    if (others.has(left.slice(prefix.length))) continue;
    await moved(left, mine, (found) => {
      const rest = adopt(found);
      return { now: stock(), rest };
    });
  }
  // Whatever was drawn before the drafts were found is kept from now on, too.
  await persist();
}
