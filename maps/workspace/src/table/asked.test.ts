import { describe, expect, it } from "vitest";
import { nextSort, plotQuery } from "./asked";

describe("what is asked for", () => {
  it("is nothing where nothing is filtered", () => {
    expect(plotQuery({}, "working")).toEqual({});
  });
  it("is every filter in the service's words", () => {
    const filters = {
      district: "220102",
      stage: "planted",
      review: "draft",
      kind: "G1",
      year: "2026",
    };
    expect(plotQuery(filters, "approved", [125, 43, 126, 44])).toEqual({
      district: "220102",
      stage: ["planted"],
      review: ["draft"],
      kind: ["G1"],
      year: 2026,
      version: "approved",
      bbox: "125.0000000,43.0000000,126.0000000,44.0000000",
    });
  });
  it("leaves out a year that is none: the address may hold anything", () => {
    for (const year of ["soon", "1948", "2101", "2026.5"])
      expect(plotQuery({ year }, "working")).toEqual({});
  });
});

describe("a column's heading", () => {
  it("sorts up, then down, then not at all", () => {
    expect(nextSort(null, "year")).toBe("year");
    expect(nextSort("year", "year")).toBe("-year");
    expect(nextSort("-year", "year")).toBeNull();
    expect(nextSort("-year", "area_m2")).toBe("area_m2");
  });
});
