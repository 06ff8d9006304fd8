import { describe, expect, it } from "vitest";
import { type Field, readTyped, toNumber } from "./fields";

const common = { name: "field", label: "Field" };
const year: Field = { ...common, kind: "year", min: 1949, max: 2100 };
const town: Field = { ...common, kind: "digits", digits: 9 };
const density: Field = { ...common, kind: "number" };
const note: Field = { ...common, kind: "note", max_length: 20 };

describe("what is typed", () => {
  it.each([
    ["", null],
    ["  ", null],
    ["12.5", 12.5],
    [0, 0],
    ["-1", Number.NaN],
    ["ten", Number.NaN],
  ])("%j is the number %j", (typed, wanted) => {
    expect(toNumber(typed)).toEqual(wanted);
  });

  it.each([
    [year, " 2026 ", 2026],
    [town, "012345678", "012345678"],
    [town, "", null],
    [density, "2.5", 2.5],
    [density, "", null],
    [note, "  沿路 ", "沿路"],
    [note, "   ", null],
  ])("into %o as %j is the value %j", (field, typed, value) => {
    expect(readTyped(field, typed)).toEqual({ value });
  });

  it.each([
    [year, "1948", { mistake: "parts.year_wrong", slots: { min: 1949, max: 2100 } }],
    [year, "", { mistake: "parts.year_wrong", slots: { min: 1949, max: 2100 } }],
    [year, "2026.5", { mistake: "parts.year_wrong", slots: { min: 1949, max: 2100 } }],
    [town, "1234", { mistake: "parts.digits_wrong", slots: { n: 9 } }],
    [town, "12345678x", { mistake: "parts.digits_wrong", slots: { n: 9 } }],
    [density, "-3", { mistake: "parts.number_wrong", slots: {} }],
  ])("into %o as %j is refused in words", (field, typed, wanted) => {
    expect(readTyped(field, typed)).toEqual(wanted);
  });
});
