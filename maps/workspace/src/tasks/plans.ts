/** The plans that the account sees, and the one that is looked at. */
import { computed, ref, shallowRef } from "vue";
import { api, ask } from "../api/client";
import { everyPage } from "../api/pages";
import type { components } from "../schema";
import { codes, label as labelOf } from "../state/codes";
import { inWords } from "../state/notices";
import { i18n } from "../words";
import { today } from "../words/moments";
import { inOrder } from "./order";

type Schemas = components["schemas"];
export type Plan = Schemas["PlanOut"];
export type Target = Schemas["TargetOut"];
export type Figure = Schemas["FigureOut"];

const MOST = 1_000;
export const plans = shallowRef<Plan[] | null>(null);
export const chosen = ref<string | null>(null);
export const wrong = ref("");
export const plan = computed(
  () => plans.value?.find(({ code }) => code === chosen.value) ?? plans.value?.[0] ?? null,
);

/** Ask for the plans anew. */
export async function lookForPlans(): Promise<void> {
  wrong.value = "";
  try {
    plans.value = await everyPlan();
  } catch (error) {
    wrong.value = inWords(error);
  }
}

export async function everyPlan(): Promise<Plan[]> {
  const pages = await everyPage((cursor) =>
    ask(api.GET("/api/plans", { params: { query: { limit: MOST, ...cursor } } })),
  );
  return inOrder(
    pages.flatMap((page) => page.rows),
    today(),
  );
}

export async function everyTarget(code: string): Promise<Target[]> {
  const pages = await everyPage(async (cursor) => {
    const params = { path: { plan: code }, query: { limit: MOST, ...cursor } };
    const page = await ask(api.GET("/api/plans/{plan}/targets", { params }));
    return page as Schemas["TargetRows"];
  });
  return pages.flatMap((page) => page.rows);
}

export async function everyFigure(code: string): Promise<Figure[]> {
  const pages = await everyPage((cursor) =>
    ask(api.GET("/api/reported", { params: { query: { plan: code, limit: MOST, ...cursor } } })),
  );
  return pages.flatMap((page) => page.rows);
}

/** Keep a paper that a figure is taken from. */
export const sendSource = (figure: number, name: string, form: FormData) =>
  ask(
    api.POST("/api/reported/{reported_id}/files", {
      params: { path: { reported_id: figure } },
      body: { file: name },
      bodySerializer: () => form,
    }),
  );

/** A figure with its words: ≥ 50 公里, 2–3 条. */
export function asked(row: Target): string {
  const unit = measure(row.measured_in);
  if (row.lower === null) return unit;
  const strive = `${i18n.global.t("tasks.strict.strive")} `;
  const before = { must: "", at_least: "≥ ", strive }[row.strictness];
  const until = row.upper === null ? "" : `–${row.upper}`;
  return `${before}${row.lower}${until} ${unit}`;
}

/** A unit of measure, by its Chinese label, in the language that is spoken. */
export function measure(label: string): string {
  const found = codes("unit_of_measure").find((one) => one.label_zh === label);
  return found ? labelOf("unit_of_measure", found.code) : label;
}
