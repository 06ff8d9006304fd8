/** Results of tracks and states of findings, each a box to tick. */
import type { Labelled } from "../data";
import { choice, element, field, smallPrint, swatch } from "../dom";
import { pick, say } from "../language";
import { item } from "../lists";
import type { FindingLayer } from "../patrol/findings";
import type { Patrols } from "../patrol/patrols";
import type { TrackLayer } from "../patrol/tracks";
import { tickKey } from "./keys";

/** `rewrite` writes the panel anew. */
export function trackLegend(
  patrols: Patrols,
  tracks: TrackLayer,
  rewrite: () => void,
): HTMLElement[] {
  const byResult = tracks.colourBy === "result";
  const options = [
    ["result", say("by_result")],
    ["zone", say("by_walker")],
  ] as const;
  const select = choice(options, tracks.colourBy, (value) => {
    tracks.colourBy = value === "zone" ? "zone" : "result";
    tracks.repaint();
    rewrite();
  });
  const keys = occurring(tracks.countResults(), tracks.data.results).map(
    ({ place, count, label, colour }) =>
      patrolKey(patrols, tracks, place, swatch(byResult ? colour : "", "line"), pick(label), count),
  );
  return [
    element("h4", "", say("tracks")),
    field(say("colour_by"), select),
    ...keys,
    ...(byResult ? [] : [smallPrint(say("each_zone"))]),
  ];
}

export function findingLegend(patrols: Patrols, findings: FindingLayer): HTMLElement[] {
  const keys = occurring(findings.countStates(), findings.data.states).map(
    ({ place, count, label, colour }) =>
      patrolKey(patrols, findings, place, swatch(colour, "dot"), pick(label), count),
  );
  return [
    element("h4", "", say("findings")),
    ...keys,
    ...(findings.hasOverdue() ? [smallPrint(say("overdue_ring"))] : []),
  ];
}

/** What occurs in the file, with its place and count. */
function occurring(
  counts: readonly number[],
  labels: readonly Labelled[],
): (Labelled & { readonly place: number; readonly count: number })[] {
  return counts
    .map((count, place) => ({ ...item(labels, place), place, count }))
    .filter(({ count }) => count > 0);
}

function patrolKey(
  patrols: Patrols,
  { hidden }: { readonly hidden: Set<number> },
  place: number,
  sample: HTMLElement,
  text: string,
  count: number,
): HTMLElement {
  return tickKey(sample, text, count, !hidden.has(place), (ticked) => {
    if (ticked) hidden.delete(place);
    else hidden.add(place);
    patrols.choose();
  });
}
