/** The plots that were ticked, in whichever list or on the map: what the bar of many acts on. */
import { computed, shallowReactive, shallowRef, watch } from "vue";
import type { Plot } from "../api/client";
import { asMulti, type MultiPolygon } from "../geometry/shapes";
import type { components } from "../schema";
import { session } from "../state/session";
import type { Verb } from "./acting";

export type ChosenPlot = {
  id: number;
  plot_no: string;
  name: string | null;
  area_m2: number;
  geometry?: MultiPolygon;
};
export type ManyFilter = NonNullable<components["schemas"]["ReviewMany"]["filter"]>;
/** All plots that a filter finds, told or not. */
export type Everything = { filter: ManyFilter; count: number; sum_m2: number };

/** So many one request may act on. */
export const MOST = 10_000;

export const chosen = shallowReactive(new Map<number, ChosenPlot>());
/** Instead of single plots: whatever a filter finds. */
export const everything = shallowRef<Everything | null>(null);

/** The step whose dialog is open; null: none. */
export const acting = shallowRef<Verb | null>(null);

export const count = computed(() => everything.value?.count ?? chosen.size);
export const sum_m2 = computed(
  () => everything.value?.sum_m2 ?? [...chosen.values()].reduce((sum, one) => sum + one.area_m2, 0),
);

export const ofPlot = ({ id, properties, geometry }: Plot): ChosenPlot => ({
  id,
  plot_no: properties.plot_no,
  name: properties.name ?? null,
  area_m2: properties.area_m2,
  geometry: asMulti(geometry),
});

export const isTicked = (id: number): boolean => everything.value === null && chosen.has(id);

export function untickAll(): void {
  everything.value = null;
  chosen.clear();
}

/** Tick plots, or take their ticks away. */
export function tick(plots: readonly ChosenPlot[], on: boolean): void {
  everything.value = null;
  for (const plot of plots)
    if (on) chosen.set(plot.id, plot);
    else chosen.delete(plot.id);
}

let last: number | null = null;

/** Tick a row of a list; with `range` all rows from the one that was ticked before. */
export function tickRow(
  rows: readonly ChosenPlot[],
  row: ChosenPlot,
  on: boolean,
  range: boolean,
): void {
  const here = rows.findIndex((one) => one.id === row.id);
  const there = range ? rows.findIndex((one) => one.id === last) : -1;
  last = row.id;
  const from = there < 0 ? here : Math.min(here, there);
  const to = there < 0 ? here : Math.max(here, there);
  tick(rows.slice(from, to + 1), on);
}

/** Take everything that a filter finds. */
export function tickEverything(all: Everything): void {
  chosen.clear();
  everything.value = all;
}

// Whoever signs in next has ticked nothing.
watch(() => session.me?.name, untickAll);
