/** What was found on patrols: a dot for each, coloured by its state. */
import { DomEvent, LayerGroup, circleMarker, svg } from "leaflet";
import type { CircleMarker, LatLng, LeafletMouseEvent } from "leaflet";
import type { FindingsData } from "../data";
import { pick } from "../language";
import { at, countPlaces, item } from "../lists";
import { unpack } from "../packing";
import { tip } from "../sheets";
import type { Span } from "./days";

export class FindingLayer extends LayerGroup {
  /** One more than the place of the zone; 0: no zone. */
  readonly zone: Float64Array;
  readonly kind: Float64Array;
  readonly state: Float64Array;
  /** States that are not ticked in the legend. */
  readonly hidden = new Set<number>();
  /** How many are shown now. */
  shown = 0;
  private readonly day: Float64Array;
  private readonly overdue: Float64Array;
  private readonly renderer = svg({ pane: "findings" });

  constructor(
    readonly data: FindingsData,
    private readonly clicked: (place: LatLng, finding: number) => void,
  ) {
    super();
    this.zone = unpack(data.zone);
    this.day = unpack(data.day);
    this.kind = unpack(data.kind);
    this.state = unpack(data.state);
    this.overdue = unpack(data.overdue);
  }

  isOverdue(finding: number): boolean {
    return at(this.overdue, finding) === 1;
  }

  hasOverdue(): boolean {
    return this.overdue.includes(1);
  }

  /** Show the findings of these days whose states are ticked. */
  choose([from, to]: Span): void {
    this.clearLayers();
    this.shown = 0;
    for (let finding = 0; finding < this.data.count; finding += 1) {
      const day = at(this.day, finding);
      if (day < from || day > to || this.hidden.has(at(this.state, finding))) continue;
      this.addLayer(this.dot(finding));
      this.shown += 1;
    }
  }

  /** How many findings of each state there are in the whole file. */
  countStates(): number[] {
    return countPlaces(this.state, this.data.states.length);
  }

  private dot(finding: number): CircleMarker {
    const { lat, lon, kinds, states } = this.data;
    const overdue = this.isOverdue(finding);
    const state = item(states, at(this.state, finding));
    const dot = circleMarker([item(lat, finding), item(lon, finding)], {
      renderer: this.renderer,
      className: "finding",
      radius: overdue ? 8 : 6,
      color: overdue ? "#1d2a33" : "#fff",
      weight: overdue ? 3 : 1.5,
      fillColor: state.colour,
      fillOpacity: 1,
    });
    dot.on("click", (event: LeafletMouseEvent) => {
      DomEvent.stop(event);
      this.clicked(event.latlng, finding);
    });
    return dot.bindTooltip(
      () => tip(pick(item(kinds, at(this.kind, finding))), pick(state.label)),
      { direction: "top", offset: [0, -6] },
    );
  }
}
