import { describe, expect, it } from "vitest";
import { comesNearer, DRAW_ZOOM, NEAR_ZOOM } from "./nearer";
import type { Tool } from "./tools";

describe("a click of a drawing tool", () => {
  const PLACING: Tool[] = ["plot", "hole", "part", "split", "belt"];
  const OTHERS: Tool[] = ["look", "change", "merge", "length", "area"];

  it.each(PLACING)("of %s comes nearer where a pixel is too wide for a vertex", (tool) => {
    expect(comesNearer(tool, DRAW_ZOOM - 0.1, false)).toBe(true);
    expect(comesNearer(tool, DRAW_ZOOM, false)).toBe(false);
  });

  it.each(PLACING)("of %s places a vertex wherever one is there already", (tool) => {
    expect(comesNearer(tool, 4, true)).toBe(false);
  });

  it.each(OTHERS)("of %s never moves the map", (tool) => {
    expect(comesNearer(tool, 4, false)).toBe(false);
  });

  it("leads to where the next one draws", () => {
    expect(comesNearer("plot", NEAR_ZOOM, false)).toBe(false);
  });
});
