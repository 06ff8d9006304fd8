/** What the rule of the place proposes for a check, as the service does it. */
import type { components } from "../schema";

export type Terms = components["schemas"]["AcceptanceTerms"];
export type Outcome = NonNullable<components["schemas"]["Acceptance"]["outcome"]>;

/** The outcome that the rates (ratios) speak for; null without any. */
export function proposed(
  terms: Terms | null,
  survival: number | null,
  preservation: number | null,
): Outcome | null {
  if (terms === null) return null;
  if (survival !== null) {
    if (survival >= terms.survival_from) return "qualified";
    return survival <= terms.redo_up_to ? "redo" : "replant";
  }
  if (preservation === null) return null;
  return preservation >= terms.preservation_from ? "qualified" : "failed";
}
