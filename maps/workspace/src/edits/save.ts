/** Saving: whatever happens to the line, nothing that was drawn is lost. */
import { reactive } from "vue";
import type { Found, Plot } from "../api/client";
import { Away, Refusal } from "../api/problem";
import { inWords, tell, tellError } from "../state/notices";
import { t } from "../words";
import {
  anchor,
  content,
  isChanged,
  keysSent,
  savingOf,
  sentOf,
  setSaving,
  settle,
  unmarkSent,
  unsaved,
} from "./edits";
import { create, isOpen, send } from "./sending";
import { tellTabs } from "./tabs";
import { same } from "./content";

/** Warnings that wait for a person: `answer` takes the codes that were acknowledged, or null. */
export const asking = reactive({
  /** Which plot they are about. */
  plot: "",
  found: [] as Found[],
  answer: null as ((codes: string[] | null) => void) | null,
});

/** Ask a person to acknowledge warnings by their names; null when they would rather not. */
function acknowledged(plot: string, found: Found[]): Promise<string[] | null> {
  asking.answer?.(null);
  return new Promise((resolve) => {
    asking.plot = plot;
    asking.found = found;
    asking.answer = (codes) => {
      asking.answer = null;
      asking.found = [];
      resolve(codes);
    };
  });
}

/** What a plot is called: its name or number, or that it is new. */
export function titleOf(key: string): string {
  const known = anchor(key)?.plot.properties;
  const here = content(key)?.properties;
  return here?.name || here?.plot_no || known?.plot_no || t("draw.new_plot");
}

/** Do something to a plot that may be warned of, and again once its warnings were acknowledged. */
export async function insisting<T>(
  key: string,
  act: (acknowledge: string[]) => Promise<T>,
): Promise<T> {
  let codes: string[] = [];
  for (;;) {
    try {
      return await act(codes);
    } catch (error) {
      if (!(error instanceof Refusal && error.code === "warnings")) throw error;
      const more = await acknowledged(titleOf(key), error.errors as unknown as Found[]);
      if (more === null) throw error;
      codes = [...new Set([...codes, ...more])];
    }
  }
}

/** Plots that somebody else changed first; the dialog of both versions answers them. */
export const stale = reactive(new Set<string>());
/** Called with every plot that was stored (null: deleted), so that the map looks again. */
export const afterSave = new Set<(key: string, plot: Plot | null) => void>();

/** Say that a plot was stored (null: deleted), on this page and to the other tabs. */
export function announce(key: string, plot: Plot | null): void {
  for (const look of afterSave) look(key, plot);
  const id = anchor(key)?.plot.id;
  if (id !== undefined) tellTabs(id);
}

/** Save one plot; answers it as stored, or null when it is not (the reason is shown). */
export async function save(key: string): Promise<Plot | null> {
  // What became of an earlier sending is learnt first: what was changed since goes after it.
  await learning.get(key);
  if (!isChanged(key) || savingOf(key)?.state === "saving") return null;
  setSaving(key, { state: "saving" });
  const sent = content(key);
  try {
    const plot = await insisting(key, (codes) => answered(key, codes));
    settle(key, sent, plot);
    stale.delete(key);
    announce(key, plot);
    return plot;
  } catch (error) {
    failed(key, error);
    return null;
  }
}

/** What was refused is not stored: nothing of it is open any more. */
async function answered(key: string, codes: string[]): Promise<Plot | null> {
  try {
    return await send(key, codes);
  } catch (error) {
    if (!isOpen(error)) unmarkSent(key);
    throw error;
  }
}

/** Deletions first, then changes, then what is new: nothing overlaps what is about to go. */
function rank(key: string): number {
  if (content(key) === null) return 0;
  const known = anchor(key);
  return known === null || known.gone ? 2 : 1;
}

/** Save everything. */
export async function saveAll(): Promise<void> {
  const keys = [...unsaved.value].sort((a, b) => rank(a) - rank(b));
  for (const key of keys) await save(key);
  if (unsaved.value.length === 0 && keys.length > 0) tell(t("draw.all_saved"), "good");
}

/** Plots of which it is being learnt whether they are stored. */
const learning = new Map<string, Promise<void>>();

/** Of a draft that was sent without an answer, and changed since: learn whether it is stored. */
async function learn(key: string): Promise<void> {
  const before = sentOf(key);
  if (before === null || anchor(key) !== null || savingOf(key)?.state === "saving") return;
  setSaving(key, { state: "saving" });
  try {
    const plot = await create(key, before.content, before.codes);
    settle(key, before.content, plot);
    announce(key, plot);
  } catch (error) {
    if (!isOpen(error)) unmarkSent(key);
    setSaving(key, null);
  }
}

function failed(key: string, error: unknown): void {
  const busy = error instanceof Refusal && error.code === "idempotency_key_in_use";
  if (error instanceof Away || busy) {
    setSaving(key, { state: "waiting", error });
    return;
  }
  if (error instanceof Refusal && error.code === "warnings") {
    setSaving(key, { state: "warned", error });
    return;
  }
  if (error instanceof Refusal && error.status === 412) {
    setSaving(key, { state: "stale", error });
    stale.add(key);
    return;
  }
  setSaving(key, { state: "refused", error });
  tellError(error);
}

/** Why a plot is not saved, in words; null when nothing is wrong. */
export function whyNot(key: string): string | null {
  const { state, error } = savingOf(key) ?? {};
  if (state === "stale") return t("draw.conflict_waits");
  // The state says so by itself.
  if (state === "warned") return null;
  // A drawing is sent again by itself; other acts are not.
  if (error instanceof Away) return t("draw.kept_here");
  return error === undefined ? null : inWords(error);
}

const RETRY_MS = 5_000;

/** What was sent from this page, or before it was loaded anew, and never answered. */
export function retrySent(): void {
  for (const key of keysSent()) {
    if (savingOf(key) !== null) continue;
    if (same(sentOf(key)?.content, content(key))) setSaving(key, { state: "waiting" });
    else
      learning.set(
        key,
        learn(key).finally(() => learning.delete(key)),
      );
  }
  for (const key of unsaved.value) if (savingOf(key)?.state === "waiting") void save(key);
}

/** Try again whatever waits for the line. */
export function retryWaiting(): void {
  window.addEventListener("online", retrySent);
  setInterval(retrySent, RETRY_MS);
}
