/** The units that carry work out, asked for once. */
import { shallowRef } from "vue";
import { api, ask } from "../api/client";
import type { components } from "../schema";
import { tellError } from "./notices";

export type Unit = components["schemas"]["Unit"];

const rows = shallowRef<Unit[]>([]);
let asked = false;

/** All units by code, ended ones too; empty until they have come. */
export function units(): Unit[] {
  if (!asked) void askUnits();
  return rows.value;
}

/** Ask for the units, anew when somebody changed one here. */
export async function askUnits(): Promise<void> {
  asked = true;
  try {
    rows.value = (await ask(api.GET("/api/units"))).rows;
  } catch (error) {
    asked = false;
    tellError(error);
  }
}

/** The name of a unit; its code where it is unknown. */
export const unitName = (code: string): string =>
  units().find((one) => one.code === code)?.name ?? code;

/** Units that new work may name, and the one that is named already. */
export function unitChoices(now: string | null): Array<{ value: string; label: string }> {
  const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
  return units()
    .filter((one) => one.code === now || !one.valid_to || one.valid_to >= today)
    .map((one) => ({ value: one.code, label: one.name }));
}
