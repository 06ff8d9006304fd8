/** Saving: whatever happens to the line, nothing that was drawn is lost. */
import { reactive } from "vue";
import { api, ask, etag, type Found, type Plot, type PlotPatch } from "../api/client";
import { Away, Refusal } from "../api/problem";
import { inWords, tell, tellError } from "../state/notices";
import { t } from "../words";
import { mergePatch } from "./content";
import { anchor, content, isChanged, savingOf, setSaving, settle, unsaved } from "./edits";

/** Warnings that wait for a person: `answer` takes the codes that were acknowledged, or null. */
export const asking = reactive({
  found: [] as Found[],
  answer: null as ((codes: string[] | null) => void) | null,
});

/** Ask a person to acknowledge warnings by their names; null when they would rather not. */
function acknowledged(found: Found[]): Promise<string[] | null> {
  asking.answer?.(null);
  return new Promise((resolve) => {
    asking.found = found;
    asking.answer = (codes) => {
      asking.answer = null;
      asking.found = [];
      resolve(codes);
    };
  });
}

/** Do something that may be warned of, and again once its warnings were acknowledged. */
export async function insisting<T>(act: (acknowledge: string[]) => Promise<T>): Promise<T> {
  let codes: string[] = [];
  for (;;) {
    try {
      return await act(codes);
    } catch (error) {
      if (!(error instanceof Refusal && error.code === "warnings")) throw error;
      const more = await acknowledged(error.errors as unknown as Found[]);
      if (more === null) throw error;
      codes = [...new Set([...codes, ...more])];
    }
  }
}

/** Plots that somebody else changed first; the dialog of both versions answers them. */
export const stale = reactive(new Set<string>());
/** Called with every plot that was stored (null: deleted), so that the map looks again. */
export const afterSave = new Set<(key: string, plot: Plot | null) => void>();

/** Save one plot; answers it as stored, or null when it is not (the reason is shown). */
export async function save(key: string): Promise<Plot | null> {
  if (!isChanged(key) || savingOf(key)?.state === "saving") return null;
  setSaving(key, { state: "saving" });
  const sent = content(key);
  try {
    const plot = await insisting((codes) => send(key, codes));
    settle(key, sent, plot);
    stale.delete(key);
    for (const look of afterSave) look(key, plot);
    return plot;
  } catch (error) {
    failed(key, error);
    return null;
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

async function send(key: string, acknowledge: string[]): Promise<Plot | null> {
  const wanted = content(key);
  const known = anchor(key);
  const query = acknowledge.length > 0 ? { acknowledge: acknowledge.join(",") } : {};
  if (known === null) {
    if (wanted === null) return null;
    const body = { type: "Feature" as const, ...wanted };
    return ask(api.POST("/api/plots", { params: { query }, body: body as never }));
  }
  const path = { plot_id: known.plot.id };
  const header = { "if-match": etag(known.plot.properties.version) };
  if (wanted === null) {
    await ask(api.DELETE("/api/plots/{plot_id}", { params: { path, header, query: {} } }));
    return null;
  }
  let now = known;
  if (known.gone) {
    const body = { version: known.plot.properties.version, new_number: false };
    const plot = await ask(
      api.POST("/api/plots/{plot_id}/restore", { params: { path, query }, body }),
    );
    settle(key, null, plot);
    now = anchor(key) ?? known;
    if (mergePatch(now.content, wanted) === undefined) return plot;
    header["if-match"] = etag(plot.properties.version);
  }
  const patch = (mergePatch(now.content, wanted) ?? {}) as Record<string, unknown>;
  // A shape is replaced whole: merged rings would be neither of the two.
  if (patch.geometry !== undefined) patch.geometry = wanted.geometry;
  const body = { type: "Feature", ...patch } as unknown as PlotPatch;
  return ask(api.PATCH("/api/plots/{plot_id}", { params: { path, header, query }, body }));
}

function failed(key: string, error: unknown): void {
  if (error instanceof Away) {
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
  return error === undefined ? null : inWords(error);
}

const RETRY_MS = 5_000;

/** Try again whatever waits for the line. */
export function retryWaiting(): void {
  const again = () => {
    for (const key of unsaved.value) if (savingOf(key)?.state === "waiting") void save(key);
  };
  window.addEventListener("online", again);
  setInterval(again, RETRY_MS);
}
