/** Targets of a plan beside the rows of the coverage table. */
import { computed, onMounted, ref, type Ref, shallowRef, watch } from "vue";
import { api, ask } from "../api/client";
import type { ProgressRow } from "../progress/rows";
import type { components } from "../schema";
import { inWords } from "../state/notices";
import { everyPlan } from "../tasks/plans";
import type { Level } from "./rows";

type Plan = components["schemas"]["PlanOut"];

/** Plans to choose from, and of the one that is chosen the targets of districts by their codes; for one component. */
export function targetsBeside(level: Ref<Level>, asOf: Ref<string>) {
  const plans = shallowRef<Plan[]>([]);
  /** Codes; empty for none. */
  const plan = ref("");
  const indicator = ref("");
  const found = shallowRef<ProgressRow[]>([]);
  const missed = ref("");
  const read = ref(false);

  onMounted(async () => {
    try {
      plans.value = await everyPlan();
    } catch {
      plans.value = []; // the coverage itself tells when the line is cut
    }
  });

  let turn = 0;
  async function look(): Promise<void> {
    const mine = ++turn;
    missed.value = "";
    read.value = false;
    found.value = [];
    const of = level.value;
    if (plan.value === "" || of === "area" || of === "town" || of === "village") return;
    try {
      const day = asOf.value === "" ? {} : { as_of: asOf.value };
      const query = { plan: [plan.value], level: of, ...day };
      const answer = await ask(api.GET("/api/progress", { params: { query } }));
      if (mine !== turn) return;
      found.value = (answer as components["schemas"]["ProgressRows"]).rows;
      read.value = true;
    } catch (error) {
      if (mine === turn) missed.value = inWords(error);
    }
  }
  watch([plan, level, asOf], look);

  const indicators = computed(() => {
    const labels = new Map<string, ProgressRow>();
    for (const row of found.value) if (row.target !== null) labels.set(row.indicator, row);
    return [...labels.values()];
  });
  /** Whether the plan was read and asks nothing of districts of this level. */
  const nothing = computed(() => read.value && indicators.value.length === 0);
  watch(indicators, ([first, ...others]) => {
    if (![first, ...others].some((one) => one?.indicator === indicator.value))
      indicator.value = first?.indicator ?? "";
  });
  const targetOf = computed(() => {
    const rows = found.value.filter((row) => row.indicator === indicator.value);
    return new Map(rows.map((row) => [row.code, row]));
  });

  return { plans, plan, indicator, indicators, targetOf, missed, nothing };
}
