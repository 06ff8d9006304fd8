/** What only a map of patrols has: tracks, findings, and the days that are shown of them. */
import type { LatLng, Map as LeafletMap } from "leaflet";
import type { DaysData, PageData } from "../data";
import { append, element, smallPrint } from "../dom";
import { say } from "../language";
import type { SheetOpener } from "../sheets";
import { Days } from "./days";
import { FindingLayer } from "./findings";
import { findingSheet, trackSheet } from "./sheets";
import { Timeline } from "./timeline";
import { TrackLayer } from "./tracks";

const MAX_SHEETS = 5;

export class Patrols {
  readonly timeline: Timeline;
  readonly tracks: TrackLayer | null = null;
  readonly findings: FindingLayer | null = null;
  /** Names of all zones. */
  private readonly zones: readonly string[];

  /** `changed` is called whenever other tracks and findings are shown. */
  constructor(
    private readonly map: LeafletMap,
    data: PageData,
    days: DaysData,
    private readonly opener: SheetOpener,
    private readonly changed: () => void,
  ) {
    this.zones = data.districts.name;
    this.timeline = new Timeline(new Days(days), map, () => {
      this.choose();
    });
    if (data.tracks) this.tracks = new TrackLayer(data.tracks, map);
    if (data.findings) {
      map.createPane("findings").classList.add("findings-pane");
      this.findings = new FindingLayer(data.findings, (place, finding) => {
        this.openFinding(place, finding);
      });
    }
  }

  addToMap(): void {
    this.tracks?.addTo(this.map);
    this.findings?.addTo(this.map);
    this.choose();
  }

  /** Show what belongs to the days of the slider and is ticked in the legend. */
  choose(): void {
    const { span } = this.timeline;
    this.map.closePopup();
    this.tracks?.choose(span);
    this.findings?.choose(span);
    this.changed();
  }

  /**
   * Sheets of tracks with that of the zone below them (null: no zone). A lone track comes first, but
   * the zone before a crowd of them.
   */
  sheetsOf(rows: readonly number[], zone: HTMLElement | null): HTMLElement {
    const sheets = element("div", "sheets");
    const { tracks } = this;
    if (tracks === null) return sheets;
    for (const track of rows.slice(0, MAX_SHEETS)) {
      append(sheets, trackSheet(tracks, track, this.zones, this.timeline.days));
    }
    if (rows.length > MAX_SHEETS) {
      append(sheets, smallPrint(say("more_tracks", MAX_SHEETS, rows.length)));
    }
    if (zone !== null) sheets.insertBefore(zone, tracks.crowded ? sheets.firstChild : null);
    return sheets;
  }

  private openFinding(place: LatLng, finding: number): void {
    if (this.findings === null) return;
    this.opener.openSheet(place, findingSheet(this.findings, finding, this.zones));
  }
}
