/** The plans that the account sees, and the one that is looked at. */
import { computed, ref, shallowRef } from "vue";
import { api, ask } from "../api/client";
import type { components } from "../schema";
import { codes, label as labelOf } from "../state/codes";
import { inWords } from "../state/notices";
import { i18n } from "../words";

type Schemas = components["schemas"];
export type Plan = Schemas["PlanOut"];
export type Target = Schemas["TargetOut"];
export type Figure = Schemas["FigureOut"];

export const MOST = 1_000;
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
    const query = { limit: MOST };
    plans.value = (await ask(api.GET("/api/plans", { params: { query } }))).rows;
  } catch (error) {
    wrong.value = inWords(error);
  }
}

/** Every page of a list, up to a bound. */
export async function everyTarget(code: string): Promise<Target[]> {
  const rows: Target[] = [];
  let cursor: string | undefined;
  do {
    const query = { limit: MOST, ...(cursor === undefined ? {} : { cursor }) };
    const params = { path: { plan: code }, query };
    const page = (await ask(
      api.GET("/api/plans/{plan}/targets", { params }),
    )) as Schemas["TargetRows"];
    rows.push(...page.rows);
    cursor = new URLSearchParams(page.next?.split("?")[1] ?? "").get("cursor") ?? undefined;
  } while (cursor !== undefined && rows.length < 10 * MOST);
  return rows;
}

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
