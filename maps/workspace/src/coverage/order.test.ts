import { describe, expect, it } from "vitest";
import type { CoverageTable } from "../api/client";
import { inOrder, movedBetween, pressed } from "./order";

const row = (code: string, coverage: number | null) => ({ code, coverage, plot_count: 1 });
const table = (boundary: string, ...rows: ReturnType<typeof row>[]) =>
  ({ boundary, rows }) as unknown as CoverageTable;
const codes = (by: string, down: boolean): string[] =>
  inOrder(table("b", row("1", 0.2), row("2", null), row("3", 0.1)).rows, { by, down }).map(
    ({ code }) => code,
  );

describe("the rows of the coverage table", () => {
  it("stand by code, or by a figure with those unknown first", () => {
    expect(codes("name", false)).toEqual(["1", "2", "3"]);
    expect(codes("name", true)).toEqual(["3", "2", "1"]);
    expect(codes("coverage", false)).toEqual(["2", "3", "1"]);
  });

  it("stand by what is known of them besides, the unknown first", () => {
    const targets = new Map([
      ["1", 30],
      ["3", 5],
    ]);
    const { rows } = table("b", row("1", 0.2), row("2", 0.9), row("3", 0.1));
    const besides = { target: ({ code }: { code: string }) => targets.get(code) ?? null };
    const sorted = inOrder(rows, { by: "target", down: false }, besides);
    expect(sorted.map(({ code }) => code)).toEqual(["2", "3", "1"]);
  });

  it("begin with the largest figure when its heading is pressed, and turn round", () => {
    const first = pressed({ by: "name", down: false }, "coverage");
    expect(first).toEqual({ by: "coverage", down: true });
    expect(pressed(first, "coverage")).toEqual({ by: "coverage", down: false });
  });

  it("tell what moved between two looks, unless the boundaries are others", () => {
    const before = table("b", row("1", 0.25), row("2", 0.5), row("3", null));
    const now = table("b", row("1", 0.5), row("2", 0.5), row("3", 0.1));
    expect([...movedBetween(before, now)]).toEqual([["1 ", 0.25]]);
    expect(movedBetween(before, table("c", row("1", 0.5))).size).toBe(0);
  });
});
