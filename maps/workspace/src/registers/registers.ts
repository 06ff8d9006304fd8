/** The registers, and what is asked of the records of one. */
import { computed, shallowRef } from "vue";
import { api, ask, askWhole } from "../api/client";
import type { components } from "../schema";
import { address } from "../state/address";
import { inWords } from "../state/notices";
import { language } from "../words";
import type { Stored } from "./values";

type Schemas = components["schemas"];
export type Register = Schemas["RegisterRow"];
export type Definition = Schemas["DefinitionOut"];
export type FieldOf = NonNullable<Definition["fields"]>[number];
export type RecordOut = Schemas["RecordOut"];
export type Version = Schemas["RecordVersion"];

export const registers = shallowRef<Register[] | null>(null);
export const unread = shallowRef("");
export const register = computed(
  () => registers.value?.find(({ code }) => code === address.register) ?? null,
);

/** What a record says of a field. */
export const valueOf = (values: Record<string, unknown>, name: string): Stored =>
  values[name] as Stored;

/** Ask for the list anew: the counts of states have changed. */
export async function lookForRegisters(): Promise<void> {
  unread.value = "";
  try {
    registers.value = (await ask(api.GET("/api/registers"))).rows;
  } catch (error) {
    unread.value = inWords(error);
  }
}

/** The label of a register, a field or a state, in the language that is spoken. */
export const named = (one: { label_zh: string; label_en?: string | null }): string =>
  language() === "zh" ? one.label_zh : one.label_en || one.label_zh;

/** What is asked of the list of records. */
export type Asked = {
  state: string;
  district: string;
  unit: string;
  overdue: boolean;
};

/** As query parameters, without what is not asked. */
export function query(asked: Asked): Record<string, string | boolean | string[]> {
  return {
    ...(asked.state ? { state: [asked.state] } : {}),
    ...(asked.district ? { district: asked.district } : {}),
    ...(asked.unit ? { unit: asked.unit } : {}),
    ...(asked.overdue ? { overdue: true } : {}),
  };
}

/** The address of the same records as a file. */
export function fileAddress(code: string, asked: Asked, format: "xlsx" | "csv"): string {
  const said = new URLSearchParams({ format });
  for (const [name, value] of Object.entries(query(asked))) said.set(name, String(value));
  return `/api/registers/${code}?${said}`;
}

/** One record as it stands, with its version. */
export async function readRecord(
  code: string,
  id: number,
): Promise<{ record: RecordOut; version: number }> {
  const path = { register: code, record_id: id };
  const { data, version } = await askWhole(
    api.GET("/api/registers/{register}/{record_id}", { params: { path } }),
  );
  return { record: data, version: version ?? data.properties.version };
}
