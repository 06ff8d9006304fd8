/** What is shown of a track and of a finding. */
import { append } from "../dom";
import { clock, km, whole } from "../figures";
import { pick, say } from "../language";
import { at, item } from "../lists";
import { caution, sheet } from "../sheets";
import type { Days } from "./days";
import type { FindingLayer } from "./findings";
import type { TrackLayer } from "./tracks";

/** `zones` are the names of all zones of the page. */
export function trackSheet(
  tracks: TrackLayer,
  track: number,
  zones: readonly string[],
  days: Days,
): HTMLElement {
  const { results, reasons } = tracks.data;
  const zone = at(tracks.zone, track);
  const start_min = at(tracks.start_min, track);
  const duration_min = at(tracks.duration_min, track);
  const length_m = tracks.length_m(track);
  const end = duration_min > 0 ? ` – ${clock(start_min + duration_min)}` : "";
  return sheet(zone > 0 ? item(zones, zone - 1) : say("track"), [
    [say("day"), days.text(at(tracks.day, track))],
    [say("hours"), clock(start_min) + end],
    [say("ranger"), tracks.rangerOf(track)],
    [say("length"), length_m === null ? "" : km(length_m)],
    [say("duration"), duration_min > 0 ? say("minutes", whole(duration_min)) : ""],
    [say("result"), pick(item(results, at(tracks.result, track)).label)],
    [say("reason"), pick(item(reasons, at(tracks.reason, track)))],
  ]);
}

export function findingSheet(
  findings: FindingLayer,
  finding: number,
  zones: readonly string[],
): HTMLElement {
  const { data } = findings;
  const zone = at(findings.zone, finding);
  const made = sheet(pick(item(data.kinds, at(findings.kind, finding))), [
    [say("finding_state"), pick(item(data.states, at(findings.state, finding)).label)],
    [say("of_zone"), zone > 0 ? item(zones, zone - 1) : ""],
    [say("found_at"), item(data.found, finding)],
    [say("deadline"), item(data.deadline, finding)],
    [say("note"), data.note === undefined ? "" : item(data.note, finding)],
  ]);
  return findings.isOverdue(finding) ? append(made, caution(say("past_deadline"))) : made;
}
