/** The service's verdicts on a drawing, asked for when the hand rests. */
import { api, ask, type Checked, type PlotProperties } from "../api/client";
import { Away, Refusal } from "../api/problem";
import type { MultiPolygon } from "../geometry/shapes";
import { tellError } from "../state/notices";
import { live } from "./tools";

const REST_MS = 350;
let timer: ReturnType<typeof setTimeout> | undefined;
let asked: AbortController | null = null;

export type Drawing = {
  id: number | null;
  geometry: MultiPolygon;
  properties: Pick<PlotProperties, "stage" | "declared_m2" | "plan_ids">;
};

/** Forget what was said of an earlier drawing. */
export function uncheck(): void {
  clearTimeout(timer);
  asked?.abort();
  live.checked = null;
  live.checking = false;
  live.away = false;
}

/** Ask for verdicts on a drawing, soon. */
export function checkSoon(drawing: Drawing): void {
  clearTimeout(timer);
  asked?.abort();
  live.checking = true;
  timer = setTimeout(() => void check(drawing), REST_MS);
}

async function check({ id, geometry, properties }: Drawing): Promise<void> {
  const { signal } = (asked = new AbortController());
  const { stage, declared_m2, plan_ids } = properties;
  const body = {
    type: "Feature" as const,
    id,
    geometry: geometry as unknown as Record<string, never>,
    properties: { stage, declared_m2: declared_m2 ?? null, plan_ids: plan_ids ?? [] },
  };
  try {
    live.checked = (await ask(api.POST("/api/plots/check", { body, signal }))) as Checked;
    live.away = false;
  } catch (error) {
    if (signal.aborted) return;
    live.checked = null;
    live.away = error instanceof Away;
    if (error instanceof Refusal) tellError(error);
  }
  live.checking = false;
}
