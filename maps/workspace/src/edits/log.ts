/** The log of what was done to plots: pure, so that undo and redo cannot forget anything. */
import { type Content, same } from "./content";

/** A plot before and after; null is a plot that is not there. */
export type Change = { key: string; before: Content | null; after: Content | null };
/** One thing that a person did; `label` is a key of the words. */
export type Step = { label: string; changes: Change[] };
/** `at` steps are done, those after it can be done again. */
export type Log = { steps: readonly Step[]; at: number };

export const EMPTY: Log = { steps: [], at: 0 };
/** Older steps than these are forgotten. */
export const KEPT = 200;

/** The log after another step; what had been undone can no more be done again. */
export function done(log: Log, step: Step): Log {
  const steps = [...log.steps.slice(0, log.at), step].slice(-KEPT);
  return { steps, at: steps.length };
}

/** The log a step back, and what plots are then. */
export function undone(log: Log): { log: Log; now: Array<[string, Content | null]> } | null {
  const step = log.steps[log.at - 1];
  if (step === undefined) return null;
  const now = [...step.changes]
    .reverse()
    .map((one): [string, Content | null] => [one.key, one.before]);
  return { log: { ...log, at: log.at - 1 }, now };
}

/** The log a step forward, and what plots are then. */
export function redone(log: Log): { log: Log; now: Array<[string, Content | null]> } | null {
  const step = log.steps[log.at];
  if (step === undefined) return null;
  const now = step.changes.map((one): [string, Content | null] => [one.key, one.after]);
  return { log: { ...log, at: log.at + 1 }, now };
}

/**
 * The log once a plot was stored: where it says what was sent it says what was stored, and the
 * number that the service gave is the plot's in all its older contents too.
 */
export function stored(log: Log, key: string, sent: Content, kept: Content): Log {
  const settle = (content: Content | null): Content | null => {
    if (content === null) return null;
    if (same(content, sent)) return kept;
    if (content.properties.plot_no) return content;
    const plot_no = kept.properties.plot_no ?? null;
    return { ...content, properties: { ...content.properties, plot_no } };
  };
  const steps = log.steps.map((step) => ({
    ...step,
    changes: step.changes.map((one) =>
      one.key === key ? { key, before: settle(one.before), after: settle(one.after) } : one,
    ),
  }));
  return { ...log, steps };
}

/** The log with another key for a plot. */
export function renamed(log: Log, from: string, to: string): Log {
  const steps = log.steps.map((step) => ({
    ...step,
    changes: step.changes.map((one) => (one.key === from ? { ...one, key: to } : one)),
  }));
  return { ...log, steps };
}

/** Keys of the plots that the log speaks of. */
export function keysIn(log: Log): Set<string> {
  return new Set(log.steps.flatMap((step) => step.changes.map((one) => one.key)));
}
