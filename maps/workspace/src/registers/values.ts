/** Values of the fields of records, as people read and type them. */
import { label } from "../state/codes";
import { t } from "../words";
import { moment } from "../words/moments";
import type { FieldOf } from "./registers";

/** A value as the service stores it: no field of a register holds a list. */
export type Stored = string | number | boolean | null | undefined;

/** A stored value in words; nothing for none. */
export function shownValue(field: FieldOf, value: Stored): string {
  if (value === null || value === undefined) return "";
  if (field.type === "boolean") return t(value === true ? "registers.yes" : "registers.no");
  if (field.type === "code" && field.list) return label(field.list, String(value));
  if (field.type === "moment") return moment(String(value));
  const unit = field.measured_in ? ` ${label("unit_of_measure", field.measured_in)}` : "";
  return `${String(value)}${unit}`;
}

/** A stored value as it stands in a field of a form. */
export function typedValue(field: FieldOf, value: Stored): string {
  if (value === null || value === undefined) return "";
  // The field of the browser knows no offset: it shows the clock of Beijing.
  if (field.type === "moment") return moment(String(value)).replace(" ", "T");
  return String(value);
}

/** What was typed, as it is sent; null for nothing. The service says what is wrong with it. */
export function sentValue(field: FieldOf, typed: string | number): string | null {
  // A field for numbers hands out numbers.
  const text = String(typed).trim();
  if (text === "") return null;
  return field.type === "moment" && /T\d\d:\d\d$/.test(text) ? `${text}:00+08:00` : text;
}

/** How the browser asks for a value. */
export const INPUTS = {
  text: "text",
  integer: "number",
  number: "number",
  date: "date",
  month: "month",
  moment: "datetime-local",
} as const;
