/** Plots as they stand on this page: what is stored, what was changed, and the way back. */
import { computed, reactive, ref, shallowReactive, shallowRef } from "vue";
import type { Plot, PlotProperties } from "../api/client";
import { type Content, contentOf, same } from "./content";
import { forget, keep, kept, keptNames } from "./kept";
import { type Change, done, EMPTY, keysIn, type Log, redone, stored, undone } from "./log";
import { nameTab, otherTabs } from "./tabs";

/** A plot as the service has it. `gone`: it was deleted; restoring brings `version` back. */
export type Anchor = { plot: Plot; content: Content; gone: boolean };

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

/** Counts whenever a plot stands otherwise than before: the map draws anew. */
export const revision = ref(0);

export const keyOf = (id: number): string => `p${id}`;

let made = 0;
/** A key for a plot that is not stored yet. */
export const newKey = (): string => `n${Date.now().toString(36)}${(made++).toString(36)}`;

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
  if (isChanged(key)) return key;
  anchors.set(key, { plot, content: contentOf(plot), gone: false });
  contents.delete(key);
  return key;
}

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
  persist();
}

/** The service has stored what was sent for a key (null: deleted it). */
export function settle(key: string, sent: Content | null, plot: Plot | null): void {
  const before = anchors.get(key);
  if (plot === null) {
    if (before) anchors.set(key, { ...before, gone: true });
  } else {
    const fresh = contentOf(plot);
    anchors.set(key, { plot, content: fresh, gone: false });
    if (sent !== null) log.value = stored(log.value, key, sent, fresh);
    // What was changed while it was being saved stays changed.
    if (sent === null || same(contents.get(key), sent)) contents.set(key, fresh);
  }
  saving.delete(key);
  persist();
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
  persist();
}

/** Base a changed plot on a newer version of the service's; what is changed here stays. */
export function rebase(key: string, plot: Plot): void {
  anchors.set(key, { plot, content: contentOf(plot), gone: false });
  saving.delete(key);
  persist();
}

type Kept = {
  log: Log;
  anchors: Array<[string, Anchor]>;
  contents: Array<[string, Content | null]>;
};

let owner: string | null = null;

function persist(): void {
  revision.value++;
  if (owner === null) return;
  const told = keysIn(log.value);
  for (const key of unsaved.value) told.add(key);
  const what: Kept = {
    log: log.value,
    anchors: [...anchors].filter(([key]) => told.has(key)),
    contents: [...contents].filter(([key]) => told.has(key)),
  };
  // Plain data: what Vue wraps cannot be cloned.
  void keep(owner, JSON.parse(JSON.stringify(what)));
}

function adopt(found: Kept): void {
  for (const [key, one] of found.anchors) if (!anchors.has(key)) anchors.set(key, one);
  for (const [key, one] of found.contents) if (!contents.has(key)) contents.set(key, one);
  if (log.value.steps.length === 0) log.value = found.log;
}

/** Take up what this account left unsaved in this tab, and in tabs that are closed. */
export async function takeUp(name: string): Promise<void> {
  const others = await otherTabs();
  const prefix = `edits:${name}:`;
  const mine = `${prefix}${nameTab(others)}`;
  const own = await kept<Kept>(mine);
  if (own !== undefined) adopt(own);
  owner = mine;
  for (const left of (await keptNames()).filter((one) => one.startsWith(prefix) && one !== mine)) {
    if (others.has(left.slice(prefix.length))) continue;
    const found = await kept<Kept>(left);
    if (found !== undefined) adopt(found);
    persist();
    await forget(left);
  }
  // Whatever was drawn before the drafts were found is kept from now on, too.
  persist();
}
