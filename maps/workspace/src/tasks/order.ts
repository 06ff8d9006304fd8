import type { components } from "../schema";

type Dates = Pick<components["schemas"]["PlanOut"], "state" | "first" | "after" | "parent">;

/** Plans as people look for them: those that run on a day first, whole ones before parts of them, then the latest. */
export function inOrder<P extends Dates>(all: readonly P[], day: string): P[] {
  const runs = (one: P): number =>
    Number(one.state === "issued" && one.first <= day && day < one.after);
  const whole = (one: P): number => Number(one.parent === null);
  return [...all].sort(
    (one, other) =>
      runs(other) - runs(one) || whole(other) - whole(one) || other.first.localeCompare(one.first),
  );
}
