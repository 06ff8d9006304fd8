/** Which days are shown, what was walked and found on them, and of which zone. */
import { append, choice, clear, element, field, section } from "../dom";
import { km, whole } from "../figures";
import { say } from "../language";
import { item } from "../lists";
import type { Page } from "../page";
import type { Patrols } from "../patrol/patrols";
import type { TrackLayer } from "../patrol/tracks";

export class PatrolTotals {
  private readonly lines = element("div", "total");

  constructor(
    private readonly page: Page,
    private readonly patrols: Patrols,
  ) {}

  section(): HTMLElement {
    const box = append(section("shown", "patrols"), this.lines);
    if (this.patrols.tracks !== null) append(box, this.zoneChoice(this.patrols.tracks));
    this.write();
    return box;
  }

  write(): void {
    const { timeline, tracks, findings } = this.patrols;
    append(clear(this.lines), element("div", "", timeline.text));
    if (tracks !== null) append(this.lines, element("div", "tracks", trackText(tracks)));
    if (findings !== null) {
      const text = say("findings_total", whole(findings.shown));
      append(this.lines, element("div", "findings", text));
    }
  }

  /** Tracks of one zone alone; the map goes there. */
  private zoneChoice(tracks: TrackLayer): HTMLElement {
    const { hierarchy, districts } = this.page;
    const options = tracks
      .zones()
      .sort(hierarchy.byName)
      .map((zone) => [String(zone), item(hierarchy.data.name, zone)] as const);
    const chosen = tracks.onlyZone === null ? "" : String(tracks.onlyZone);
    const select = choice([["", say("all")], ...options], chosen, (value) => {
      tracks.onlyZone = value === "" ? null : Number(value);
      this.patrols.choose();
      if (tracks.onlyZone !== null) this.page.fit(districts.boundsOf([tracks.onlyZone]), false);
    });
    return field(say("of_zone"), select);
  }
}

function trackText(tracks: TrackLayer): string {
  const { count, length_m } = tracks.total();
  return count > 0 ? say("tracks_total", whole(count), km(length_m)) : say("no_tracks_here");
}
