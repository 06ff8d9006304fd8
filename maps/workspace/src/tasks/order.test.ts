import { expect, test } from "vitest";
import { inOrder } from "./order";

test("plans that run stand first, whole ones before their phases, the latest before the others", () => {
  const plan = (
    code: string,
    first: string,
    after: string,
    state: "issued" | "closed",
    parent: string | null = null,
  ) => ({ code, first, after, state, parent }) as const;
  const all = [
    plan("past", "2024-01-01", "2025-01-01", "issued"),
    plan("long", "2025-01-01", "2028-01-01", "issued"),
    plan("to come", "2027-01-01", "2028-01-01", "issued"),
    plan("a phase", "2026-06-01", "2026-09-01", "issued", "long"),
    plan("closed", "2026-01-01", "2027-01-01", "closed"),
    plan("this year", "2026-01-01", "2027-01-01", "issued"),
  ];
  expect(inOrder(all, "2026-07-01").map(({ code }) => code)).toEqual([
    "this year",
    "long",
    "a phase",
    "to come",
    "closed",
    "past",
  ]);
});
