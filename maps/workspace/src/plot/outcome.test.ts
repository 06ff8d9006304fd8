import { expect, it } from "vitest";
import { proposed, type Terms } from "./outcome";

const terms = { survival_from: 0.85, redo_up_to: 0.4, preservation_from: 0.8 } as Terms;

it.each([
  [0.85, null, "qualified"],
  [0.84, null, "replant"],
  [0.4, null, "redo"],
  [0, 0.9, "redo"],
  [null, 0.8, "qualified"],
  [null, 0.7, "failed"],
  [null, null, null],
])("survival %s and preservation %s propose %s", (survival, preservation, outcome) => {
  expect(proposed(terms, survival, preservation)).toBe(outcome);
});

it("proposes nothing without a rule", () => {
  expect(proposed(null, 0.9, null)).toBeNull();
});
