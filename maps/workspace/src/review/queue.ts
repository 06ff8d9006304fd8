/** What waits for the inspector: the list, the card on top, and what is done to it. */
import { computed, reactive, shallowRef } from "vue";
import { api, ask, type Plot } from "../api/client";
import { Away, Refusal } from "../api/problem";
import { know } from "../edits/edits";
import { announce } from "../edits/save";
import type { components, paths } from "../schema";
import { MOST } from "../select/chosen";
import { inWords, tell, tellError } from "../state/notices";
import { openPlot, select } from "../state/selection";
import { t } from "../words";
import type { Pin } from "../map/pins";

export type Waiting = components["schemas"]["Waiting"];
export type Group = components["schemas"]["Group"];
type ListQuery = NonNullable<paths["/api/reviews"]["get"]["parameters"]["query"]>;
export type By = "none" | "batch" | "submitter" | "township";

/** Rows that are asked for at once; more follow when these are done. */
const PAGE = 50;
const PLACES = { batch: "import", submitter: "submitter", township: "township" } as const;

export const desk = reactive({
  by: "none" as By,
  /** Key of the group that is worked on; null: all that waits. */
  key: null as string | null,
  /** How many wait in the group. */
  count: 0,
  /** Place of the card in the list. */
  at: 0,
  busy: false,
  unknown: "",
});
export const groups = shallowRef<{ rows: Group[]; count: number }>({ rows: [], count: 0 });
export const rows = shallowRef<Waiting[] | null>(null);
/** The card on top. */
export const card = computed(() => rows.value?.[desk.at] ?? null);

const chosen = (): Record<string, string> =>
  desk.by === "none" || desk.key === null ? {} : { [PLACES[desk.by]]: desk.key };

let asked = 0;

/** Ask for what waits, from the oldest on; the card that lies on top stays there. */
export async function look(): Promise<void> {
  const mine = ++asked;
  const before = card.value?.id;
  try {
    const query = { limit: PAGE, ...chosen() };
    const [found, grouped] = await Promise.all([
      ask(api.GET("/api/reviews", { params: { query } })),
      desk.by === "none"
        ? null
        : ask(api.GET("/api/reviews/groups", { params: { query: { by: desk.by } } })),
    ]);
    if (mine !== asked) return;
    rows.value = found.rows;
    desk.count = found.numberMatched;
    groups.value = grouped
      ? { rows: grouped.rows, count: grouped.numberMatched }
      : { rows: [], count: 0 };
    desk.at = Math.max(
      0,
      found.rows.findIndex((one) => one.id === before),
    );
    desk.unknown = "";
  } catch (error) {
    if (mine === asked) desk.unknown = inWords(error);
  }
}

export async function group(by: By, key: string | null = null): Promise<void> {
  desk.by = by;
  desk.key = key;
  desk.at = 0;
  rows.value = null;
  await look();
  await show();
}

/** Rows of one request when all that wait are asked for. */
const MANY = 1_000;

/** All that waits in the group, page by page, up to as many as one step takes. */
export async function everyone(): Promise<Waiting[]> {
  const found: Waiting[] = [];
  let cursor: string | null = null;
  do {
    const query: ListQuery = { limit: MANY, ...chosen(), ...(cursor === null ? {} : { cursor }) };
    const page: components["schemas"]["WaitingList"] = await ask(
      api.GET("/api/reviews", { params: { query } }),
    );
    found.push(...page.rows);
    cursor =
      page.next === null ? null : new URL(page.next, location.href).searchParams.get("cursor");
  } while (cursor !== null && found.length < MOST);
  return found.slice(0, MOST);
}

/** Turn to a row of the list. */
export async function turnTo(one: Waiting): Promise<void> {
  const place = rows.value?.findIndex(({ id }) => id === one.id) ?? -1;
  if (place < 0 || desk.busy) return;
  desk.at = place;
  await show();
}

/** Look at the card's plot, with its neighbours in view. */
export async function show(): Promise<void> {
  if (card.value) await openPlot(card.value.id, true, true);
  else select(null, true);
}

/** Turn to another card; past the last of the page what still waits is asked for. */
export async function turn(by: 1 | -1): Promise<void> {
  if (rows.value === null || desk.busy) return;
  const next = desk.at + by;
  if (next < 0) return;
  if (next < rows.value.length) desk.at = next;
  else await look();
  await show();
}

/** Which group a plot waits in, as it is grouped now. */
const groupOf = (one: Waiting): string =>
  ({
    none: "",
    batch: String(one.import_id ?? 0),
    submitter: one.submitted_by ?? "",
    township: one.town ?? "",
  })[desk.by];

/** A plot that no longer waits is no longer counted in its group. */
function fewer(one: Waiting): void {
  const there = groups.value.rows.map((group) =>
    group.key === groupOf(one)
      ? { ...group, plots: group.plots - 1, area_m2: Math.max(0, group.area_m2 - one.area_m2) }
      : group,
  );
  groups.value = { ...groups.value, rows: there.filter(({ plots }) => plots > 0) };
}

/** Take the card off the pile: the next lies on top. */
async function off(one: Waiting): Promise<void> {
  const left = (rows.value ?? []).filter(({ id }) => id !== one.id);
  desk.count = Math.max(0, desk.count - 1);
  fewer(one);
  rows.value = left;
  if (left.length === 0 || desk.at >= left.length) {
    desk.at = 0;
    if (desk.count > 0) await look();
  }
  await show();
}

/** Do a step to the card; what somebody else did first is told, and the next card comes. */
async function step(does: (one: Waiting) => Promise<Plot>, said: (plot: Plot) => string) {
  const one = card.value;
  if (one === null || desk.busy) return false;
  desk.busy = true;
  try {
    const plot = await does(one);
    const key = know(plot);
    tell(said(plot), "good");
    try {
      await off(one);
    } finally {
      // The map looks anew once, where the next card lies, and not at what it leaves as well.
      announce(key, plot);
    }
    return true;
  } catch (error) {
    const late = error instanceof Refusal && (error.status === 409 || error.status === 404);
    if (late) {
      tell(t("review.other_first", { no: one.plot_no, why: inWords(error) }), "bad");
      await off(one);
    } else if (error instanceof Away) {
      // The card stays where it is: nothing was done, or it is answered when it is sent again.
      tellError(error);
    } else tellError(error);
    return late;
  } finally {
    desk.busy = false;
  }
}

const path = (one: Waiting) => ({ path: { plot_id: one.id } });

export const approve = (): Promise<boolean> =>
  step(
    (one) => ask(api.POST("/api/plots/{plot_id}/approve", { params: path(one) })),
    ({ properties: { plot_no, review } }) =>
      t(review === "approved" ? "review.approved" : "review.passed", { no: plot_no }),
  );

export const giveBack = (reasons: string[], reason: string, pins: readonly Pin[]) =>
  step(
    (one) => {
      const body = {
        reasons,
        reason: reason.trim() || null,
        pins: pins.map(({ at, text }) => ({ at, text: text.trim() || null })),
      };
      return ask(api.POST("/api/plots/{plot_id}/return", { params: path(one), body }));
    },
    ({ properties }) => t("review.returned", { no: properties.plot_no }),
  );
