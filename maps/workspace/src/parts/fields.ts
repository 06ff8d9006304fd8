/** What a page says of its form: `FormField` draws a field, reads what is typed, and says what is wrong with it. */
import type { Code } from "../api/client";

/** What stands beside every field, whatever its kind. */
type Common<Name extends string> = {
  name: Name;
  /** The label, in the language that is spoken. */
  label: string;
  required?: boolean;
  /** Whether it takes both columns. */
  wide?: boolean;
};

export type Choice = { value: string; label: string };

export type Field<Name extends string = string> = Common<Name> &
  (
    | { kind: "text"; max_length: number; hint?: string }
    /** Several lines. */
    | { kind: "note"; max_length: number }
    /** A code of so many digits; it may begin with 0. */
    | { kind: "digits"; digits: number }
    /** 0 or more. */
    | { kind: "number" }
    | { kind: "year"; min: number; max: number }
    /** A day, as 2026-04-01. */
    | { kind: "date" }
    | { kind: "choice"; choices: readonly Choice[] }
    /** One of a code list, found by typing; `groups` gives the heading above a code. */
    | { kind: "code"; list: string; groups?: ((code: Code) => string) | undefined }
    /** The page draws it, in the slot of the field. */
    | { kind: "own" }
  );

export type FieldValue = string | number | null;

/** What was typed: a value, or the key and slots of the sentence that says what is wrong. */
export type Typed =
  | { value: FieldValue }
  | { mistake: string; slots: Record<string, string | number> };

/** A number of 0 or more out of a field; null for an empty field, NaN for what is none. */
export function toNumber(typed: string | number | null): number | null {
  const text = String(typed ?? "").trim();
  if (text === "") return null;
  const value = Number(text);
  return Number.isFinite(value) && value >= 0 ? value : Number.NaN;
}

/** The value of what was typed into a field; an empty field is null. */
export function readTyped(field: Field, typed: string): Typed {
  const text = typed.trim();
  if (field.kind === "year") {
    const { min, max } = field;
    const year = Number(text);
    const right = Number.isInteger(year) && year >= min && year <= max;
    return right ? { value: year } : { mistake: "parts.year_wrong", slots: { min, max } };
  }
  if (field.kind === "number") {
    const value = toNumber(text);
    return Number.isNaN(value) ? { mistake: "parts.number_wrong", slots: {} } : { value };
  }
  if (field.kind === "digits" && text !== "") {
    const right = /^[0-9]+$/.test(text) && text.length === field.digits;
    if (!right) return { mistake: "parts.digits_wrong", slots: { n: field.digits } };
  }
  return { value: text || null };
}
