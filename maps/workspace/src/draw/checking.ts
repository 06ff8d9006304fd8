/** The service's verdicts on a drawing, asked for when the hand rests. */
import { watch } from "vue";
import { api, ask, type Checked, type PlotProperties } from "../api/client";
import { Away, Refusal } from "../api/problem";
import type { MultiPolygon } from "../geometry/shapes";
import { tellError } from "../state/notices";
import { language } from "../words";
import { live } from "./tools";

const REST_MS = 350;
/** Stages that count as green ground. */
const COUNTED: readonly string[] = ["planted", "accepted", "existing"];
/** Whether plots of a stage count as green ground once they are approved. */
export const isCounted = (stage: string): boolean => COUNTED.includes(stage);

let timer: ReturnType<typeof setTimeout> | undefined;
let asked: AbortController | null = null;
let last: Drawing | null = null;

/** `key`: the plot whose verdicts these are; null for a sketch. */
export type Drawing = {
  key: string | null;
  id: number | null;
  geometry: MultiPolygon;
  properties: Pick<PlotProperties, "stage" | "kind" | "declared_m2" | "plan_ids">;
};

/** Forget what was said of an earlier drawing. */
export function uncheck(): void {
  clearTimeout(timer);
  asked?.abort();
  last = null;
  live.checked = null;
  live.about = null;
  live.checking = false;
  live.away = false;
}

/** What the service said of a plot; null: nothing, or of something else. */
export const checkedOf = (key: string | null): Checked | null =>
  key !== null && live.about === key ? live.checked : null;

/** Ask for verdicts on a drawing, soon. */
export function checkSoon(drawing: Drawing): void {
  clearTimeout(timer);
  asked?.abort();
  // What was said of another plot, or before the sketch was begun, is not said of this one.
  if (live.about !== drawing.key) live.checked = null;
  live.about = drawing.key;
  live.counts = isCounted(drawing.properties.stage);
  live.checking = true;
  last = drawing;
  timer = setTimeout(() => void check(drawing), REST_MS);
}

// Verdicts come in the language of the page: in another language they are asked for anew.
watch(language, () => last && checkSoon(last));

async function check({ id, geometry, properties }: Drawing): Promise<void> {
  const { signal } = (asked = new AbortController());
  const { stage, kind, declared_m2, plan_ids } = properties;
  const body = {
    type: "Feature" as const,
    id,
    geometry: geometry as unknown as Record<string, never>,
    properties: {
      stage,
      kind: kind || null,
      declared_m2: declared_m2 ?? null,
      plan_ids: plan_ids ?? [],
    },
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
