import { describe, expect, it } from "vitest";
import type { PlotProperties } from "../api/client";
import { isAsked } from "./fields";

const said = (more: Partial<PlotProperties> = {}): PlotProperties => ({
  stage: "planted",
  kind: "RGZL",
  year: 2026,
  ...more,
});

describe("a field is asked for", () => {
  it("in a forest: its compartment", () => {
    expect(isAsked("compartment_no", said(), "forest")).toBe(true);
  });
  it("not in a park: forest compartments have no parks", () => {
    expect(isAsked("compartment_no", said({ kind: "G1" }), "urban")).toBe(false);
  });
  it("not before anything was planted: when it was", () => {
    expect(isAsked("planted_on", said({ stage: "planned" }), "forest")).toBe(false);
  });
  it("whenever it is filled in: nothing that is stored is hidden", () => {
    expect(isAsked("compartment_no", said({ compartment_no: "7" }), "urban")).toBe(true);
  });
});
