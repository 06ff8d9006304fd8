/** What can be done to plots beside drawing them. */
import { api, ask, askWhole, etag, type Found, type Plot } from "../api/client";
import { Refusal } from "../api/problem";
import { anchor, change, content, isChanged, keyForId, newKey, settleStep } from "../edits/edits";
import type { Content } from "../edits/content";
import { insisting, save } from "../edits/save";
import { boundsOf } from "../geometry/bounds";
import { cornersOf } from "../geometry/corners";
import { cleaned } from "../geometry/edges";
import { withoutVertex } from "../geometry/inside";
import { pasted } from "../geometry/pasted";
import { type MultiPolygon, onGrid, type Position } from "../geometry/shapes";
import { onStage } from "../map/stage";
import { fromZone } from "../map/zones";
import { tell, tellError } from "../state/notices";
import { select, selected } from "../state/selection";
import { holds } from "../state/session";
import { t } from "../words";
import { thisYear } from "../words/moments";
import { keepAttributes } from "./copying";

const LAST = "luotu.last_plot";

/** What a new plot begins with: what the last one was. */
export function beginning(): Content["properties"] {
  const year = thisYear();
  const plain = { stage: "planted", kind: "RGZL", year } as Content["properties"];
  try {
    const last = JSON.parse(localStorage.getItem(LAST) ?? "{}") as Partial<Content["properties"]>;
    return { ...plain, ...last };
  } catch {
    return plain;
  }
}

function remember(properties: Content["properties"]): void {
  const { stage, kind, year } = properties;
  localStorage.setItem(LAST, JSON.stringify({ stage, kind, year }));
  keepAttributes(properties);
}

/** Whether this account may change the plot now. */
export function mayChange(key: string): boolean {
  const review = anchor(key)?.plot.properties.review;
  return holds("planner") && content(key) !== null && review !== "submitted";
}

/** A new plot of a shape; it is looked at from now on. */
export function addPlot(geometry: MultiPolygon, label = "draw.step.plot"): string {
  const key = newKey();
  change(label, [{ key, after: { geometry, properties: beginning() } }]);
  select(key);
  return key;
}

/** Another shape for a plot. */
export function reshape(key: string, geometry: MultiPolygon, label: string): void {
  const here = content(key);
  if (here !== null) change(label, [{ key, after: { ...here, geometry } }]);
}

/** Take a plot away; it stays with the service until that is saved. */
export function takeAway(key: string): void {
  change("draw.step.delete", [{ key, after: null }]);
  select(null);
  if (isChanged(key)) tell(t("draw.deleted"));
}

/** Save what is looked at. */
export async function saveSelected(): Promise<void> {
  const key = selected.value;
  if (key === null) return;
  const here = content(key);
  const plot = await save(key);
  if (plot === null) return;
  if (here !== null) remember(here.properties);
  tell(t("draw.saved", { no: plot.properties.plot_no }), "good");
}

/** The plot as stored, after what was changed of it was saved; null when it was not. */
async function settledPlot(key: string): Promise<Plot | null> {
  if (isChanged(key) && (await save(key)) === null) return null;
  return anchor(key)?.plot ?? null;
}

async function readPlot(id: number): Promise<Plot | null> {
  try {
    return await ask(api.GET("/api/plots/{plot_id}", { params: { path: { plot_id: id } } }));
  } catch (error) {
    if (error instanceof Refusal && error.status === 404) return null;
    throw error;
  }
}

async function settleAll(label: string, ids: number[]): Promise<void> {
  const plots = await Promise.all(ids.map(readPlot));
  settleStep(
    label,
    ids.map((id, n) => ({ key: keyForId(id), plot: plots[n] ?? null })),
  );
  onStage((stage) => stage.reload());
}

/** Cut a plot along a line; the service does it, exactly. */
export async function split(key: string, line: Position[]): Promise<void> {
  try {
    const plot = await settledPlot(key);
    if (plot === null) return;
    const body = { line: { type: "LineString" as const, coordinates: line as never } };
    const params = {
      path: { plot_id: plot.id },
      header: { "if-match": etag(plot.properties.version) },
    };
    const pieces = await insisting(key, (codes) => {
      const query = codes.length > 0 ? { acknowledge: codes.join(",") } : {};
      return ask(api.POST("/api/plots/{plot_id}/split", { params: { ...params, query }, body }));
    });
    await settleAll("draw.step.split", pieces.ids);
    tell(t("draw.split_done", { n: pieces.ids.length }), "good");
  } catch (error) {
    tellError(error);
  }
}

/** Make one plot of several; the first keeps its number. */
export async function merge(keys: string[]): Promise<void> {
  try {
    const plots: Plot[] = [];
    for (const key of keys) {
      const plot = await settledPlot(key);
      if (plot === null) return;
      plots.push(plot);
    }
    const ids = plots.map((one) => one.id);
    const versions = plots.map((one) => one.properties.version);
    const { data } = await insisting(keys[0] ?? "", (codes) => {
      const query = codes.length > 0 ? { acknowledge: codes.join(",") } : {};
      return askWhole(api.POST("/api/plots/merge", { params: { query }, body: { ids, versions } }));
    });
    await settleAll("draw.step.merge", ids);
    select(keyForId(data.id));
    tell(t("draw.merge_done", { n: ids.length, no: data.properties.plot_no }), "good");
  } catch (error) {
    tellError(error);
  }
}

export type Way = "repair" | "subtract" | "clip" | "keep_off" | "vertex";

const WAYS: Record<string, Way> = {
  self_intersection: "repair",
  ring_self_intersection: "repair",
  hole_outside: "repair",
  nested_holes: "repair",
  overlapping_parts: "repair",
  parts_share_edge: "repair",
  interior_disconnected: "repair",
  duplicate_rings: "repair",
  invalid: "repair",
  overlap: "subtract",
  same_ground: "subtract",
  overlap_within_tolerance: "subtract",
  outside_district: "clip",
  crosses_district: "clip",
  spike: "vertex",
  duplicate_vertex: "vertex",
};

/** How a problem can be mended by one click; null where only a person can. */
export function wayOf(problem: Found): Way | null {
  // Of a layer that only warns or informs, the plot may lie on it.
  if (problem.code === "on_control_line") return problem.severity === "block" ? "keep_off" : null;
  return WAYS[problem.code] ?? null;
}

/** Mend a plot; the change of its area is told, and undo takes it back. */
export async function mend(key: string, way: Way, at: Position | null): Promise<void> {
  const here = content(key);
  if (here === null) return;
  if (way === "vertex") {
    const left = at && withoutVertex(here.geometry, at);
    if (left) reshape(key, left, "draw.step.mend");
    return;
  }
  const { stage, kind, declared_m2, plan_ids } = here.properties;
  const body = {
    type: "Feature",
    id: anchor(key)?.plot.id ?? null,
    geometry: here.geometry as unknown as Record<string, never>,
    properties: {
      stage,
      kind: kind || null,
      declared_m2: declared_m2 ?? null,
      plan_ids: plan_ids ?? [],
    },
    way,
  };
  try {
    const after = await ask(api.POST("/api/plots/mend", { body }));
    reshape(key, after.geometry as unknown as MultiPolygon, "draw.step.mend");
    const by = after.change_m2;
    tell(by === null ? t("draw.mended") : t("draw.mended_by", { m2: by.toFixed(1) }), "good");
  } catch (error) {
    tellError(error);
  }
}

/** Corners that were pasted as a shape in degrees; what is wrong with them otherwise. */
async function cornersPasted(text: string): Promise<MultiPolygon | { wrong: string }> {
  const found = cornersOf(text);
  if ("wrong" in found) return found;
  const degrees = async ([a, b]: Position): Promise<Position> =>
    found.plane ? fromZone({ zone: Math.floor(b / 1e6), x: a, y: b }) : [a, b];
  const coordinates = await Promise.all(
    found.parts.map((part) =>
      Promise.all(
        part.map(async (ring) => {
          const there = (await Promise.all(ring.map(degrees))).map(onGrid);
          const [first] = there;
          return cleaned(first ? [...there, first] : there);
        }),
      ),
    ),
  );
  return { type: "MultiPolygon", coordinates };
}

/** Take pasted text for a plot; answers what is wrong with it, or null. */
export async function paste(text: string): Promise<string | null> {
  const found = pasted(text);
  let shape: MultiPolygon;
  if ("shape" in found) shape = found.shape;
  else {
    const corners =
      found.wrong === "unreadable" ? await cornersPasted(text) : { wrong: found.wrong };
    if ("wrong" in corners) return t(`draw.paste_wrong.${corners.wrong}`);
    shape = corners;
  }
  addPlot(shape, "draw.step.paste");
  onStage((stage) => stage.fit(boundsOf(shape)));
  return null;
}
