/** Sending plots so that each is stored once, however often it must be sent. */
import { api, ask, etag, type Plot, type PlotPatch } from "../api/client";
import { Away, Refusal } from "../api/problem";
import { type Content, contentOf, isStored, mergePatch, same } from "./content";
import {
  type Anchor,
  anchor,
  content,
  markSent,
  sentOf,
  setSaving,
  settle,
  unmarkSent,
} from "./edits";
import type { Sent } from "./stock";

/** Whether it may still be stored: nobody answered, or the service is at work on it. */
export const isOpen = (error: unknown): boolean =>
  error instanceof Away ||
  (error instanceof Refusal && (error.status >= 500 || error.code === "idempotency_key_in_use"));

type Acknowledged = { acknowledge?: string };

/** Store a draft; the very same sent again is answered by the plot that it became. */
export async function create(key: string, what: Content, codes: string[]): Promise<Plot> {
  await markSent(key, { content: what, codes });
  const query: Acknowledged = codes.length > 0 ? { acknowledge: codes.join(",") } : {};
  const body = { type: "Feature" as const, ...what };
  const headers = { "Idempotency-Key": key };
  return ask(api.POST("/api/plots", { params: { query }, body: body as never, headers }));
}

/** On the way to more the service has stored something of a plot; it is still being saved. */
function settleBefore(key: string, what: Content | null, plot: Plot): void {
  settle(key, what, plot);
  setSaving(key, { state: "saving" });
}

/** Bring a plot to the service as it stands here; null: it was deleted, or never stored. */
export async function send(key: string, codes: string[]): Promise<Plot | null> {
  const wanted = content(key);
  const before = sentOf(key);
  let known = anchor(key);
  if (known === null && before !== null && !same(before.content, wanted))
    known = await learned(key, before);
  if (known === null) {
    if (wanted === null) return null;
    // A request that is repeated says all that it said before, what was acknowledged too.
    const again = codes.length === 0 && before !== null ? before.codes : codes;
    return create(key, wanted, again);
  }
  if (wanted === null) return remove(known);
  if (known.gone) {
    const plot = await restore(known, codes);
    settleBefore(key, null, plot);
    known = anchor(key) ?? known;
  }
  if (mergePatch(known.content, wanted) === undefined) return known.plot;
  return patch(key, known, wanted, codes);
}

/** What became of a draft that was sent before it was changed; null: it was never stored. */
async function learned(key: string, { content: before, codes }: Sent): Promise<Anchor | null> {
  try {
    settleBefore(key, before, await create(key, before, codes));
  } catch (error) {
    if (isOpen(error)) throw error;
    unmarkSent(key);
  }
  return anchor(key);
}

async function patch(key: string, known: Anchor, wanted: Content, codes: string[]): Promise<Plot> {
  const before = sentOf(key)?.content ?? null;
  await markSent(key, { content: wanted, codes });
  const path = { plot_id: known.plot.id };
  const header = { "if-match": etag(known.plot.properties.version) };
  const query: Acknowledged = codes.length > 0 ? { acknowledge: codes.join(",") } : {};
  const changes = (mergePatch(known.content, wanted) ?? {}) as Record<string, unknown>;
  // A shape is replaced whole: merged rings would be neither of the two.
  if (changes.geometry !== undefined) changes.geometry = wanted.geometry;
  const body = { type: "Feature", ...changes } as unknown as PlotPatch;
  try {
    return await ask(api.PATCH("/api/plots/{plot_id}", { params: { path, header, query }, body }));
  } catch (error) {
    if (!(error instanceof Refusal && error.status === 412)) throw error;
    // What stands there may be what was sent before, and whose answer was lost.
    const now = await ask(api.GET("/api/plots/{plot_id}", { params: { path } }));
    const there = contentOf(now);
    if (isStored(wanted, there)) return now;
    if (before === null || !isStored(before, there)) throw error;
    settleBefore(key, before, now);
    return patch(key, anchor(key) ?? known, wanted, codes);
  }
}

async function remove(known: Anchor): Promise<null> {
  const path = { plot_id: known.plot.id };
  const header = { "if-match": etag(known.plot.properties.version) };
  try {
    await ask(api.DELETE("/api/plots/{plot_id}", { params: { path, header, query: {} } }));
  } catch (error) {
    // It is gone already: by the same wish, whose answer was lost, or by somebody else's.
    if (!(error instanceof Refusal && error.status === 404)) throw error;
  }
  return null;
}

async function restore(known: Anchor, codes: string[]): Promise<Plot> {
  const path = { plot_id: known.plot.id };
  const query: Acknowledged = codes.length > 0 ? { acknowledge: codes.join(",") } : {};
  const body = { version: known.plot.properties.version, new_number: false };
  try {
    const params = { path, query };
    return await ask(api.POST("/api/plots/{plot_id}/restore", { params, body }));
  } catch (error) {
    // Only of a plot that stands a version must be named: it was restored, the answer was lost.
    if (!(error instanceof Refusal && error.status === 428)) throw error;
    return ask(api.GET("/api/plots/{plot_id}", { params: { path } }));
  }
}
