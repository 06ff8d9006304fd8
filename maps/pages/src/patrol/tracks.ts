/** Tracks: which are shown, and which lies under the pointer. */
import { Layer } from "leaflet";
import type { LatLng, Map as LeafletMap } from "leaflet";
import type { TracksData } from "../data";
import { at, countPlaces, item } from "../lists";
import { unpack } from "../packing";
import { around, meets, passes, unpackLines } from "../shapes";
import type { Lines } from "../shapes";
import type { Span } from "./days";
import { TrackTiles } from "./track-tiles";

/** From so many tracks on they are drawn thinner. */
const CROWD = 120;
const SLACK_PX = 6;

/** Tracks of one map. */
export interface TrackSum {
  readonly count: number;
  readonly length_m: number;
}

export class TrackLayer extends Layer {
  readonly lines: Lines;
  /** One more than the place of the zone; 0: no zone. */
  readonly zone: Float64Array;
  readonly day: Float64Array;
  /** Minute of the day at which a track begins. */
  readonly start_min: Float64Array;
  /** 0: not known. */
  readonly duration_min: Float64Array;
  readonly result: Float64Array;
  readonly reason: Float64Array;
  /** 1 for each track that is shown, 0 for the others. */
  readonly visible: Float64Array;
  colourBy: "result" | "zone" = "result";
  /** Show the tracks of the zone at this place alone; null: of all. */
  onlyZone: number | null = null;
  /** Results that are not ticked in the legend. */
  readonly hidden = new Set<number>();
  /** Too many tracks are shown to keep them apart. */
  crowded = false;
  private readonly metres: Float64Array;
  private readonly ranger: Float64Array | null;
  private readonly tiles: TrackTiles;

  constructor(
    readonly data: TracksData,
    private readonly map: LeafletMap,
  ) {
    super();
    this.lines = unpackLines(data.line);
    this.zone = unpack(data.zone);
    this.day = unpack(data.day);
    this.start_min = unpack(data.minute);
    this.duration_min = unpack(data.minutes);
    this.metres = unpack(data.metres);
    this.result = unpack(data.result);
    this.reason = unpack(data.reason);
    this.ranger = data.ranger === undefined ? null : unpack(data.ranger);
    this.visible = new Float64Array(data.count).fill(1);
    this.tiles = new TrackTiles(map, this, this.lines);
  }

  override onAdd(map: LeafletMap): this {
    this.tiles.addTo(map);
    return this;
  }

  override onRemove(): this {
    this.tiles.remove();
    return this;
  }

  /** null: not known. */
  length_m(track: number): number | null {
    const stored = at(this.metres, track);
    return stored === 0 ? null : stored - 1;
  }

  /** Who walked; empty where the map names no person. */
  rangerOf(track: number): string {
    const { rangers } = this.data;
    if (this.ranger === null || rangers === undefined) return "";
    return item(rangers, at(this.ranger, track));
  }

  colourOf(track: number): string {
    const { results, colours } = this.data;
    if (this.colourBy === "result") return item(results, at(this.result, track)).colour;
    return item(colours, at(this.zone, track) % colours.length);
  }

  /** Show the tracks of these days, as far as zone and result are asked for. */
  choose([from, to]: Span): void {
    for (let track = 0; track < this.data.count; track += 1) {
      const day = at(this.day, track);
      const isShown =
        day >= from &&
        day <= to &&
        !this.hidden.has(at(this.result, track)) &&
        (this.onlyZone === null || at(this.zone, track) === this.onlyZone + 1);
      this.visible[track] = isShown ? 1 : 0;
    }
    this.crowded = this.total().count > CROWD;
    this.repaint();
  }

  repaint(): void {
    this.tiles.repaint();
  }

  /** What is shown now. */
  total(): TrackSum {
    let count = 0;
    let length_m = 0;
    for (let track = 0; track < this.data.count; track += 1) {
      if (at(this.visible, track) === 0) continue;
      count += 1;
      length_m += this.length_m(track) ?? 0;
    }
    return { count, length_m };
  }

  /** How many tracks of each result there are in the whole file. */
  countResults(): number[] {
    return countPlaces(this.result, this.data.results.length);
  }

  /** Places of the zones that have a track, each once. */
  zones(): number[] {
    return [...new Set(this.zone)].filter((zone) => zone > 0).map((zone) => zone - 1);
  }

  /** Tracks that pass within a few pixels of a point, the newest first. */
  at(point: LatLng): number[] {
    const { lines, map } = this;
    if (!map.hasLayer(this)) return [];
    const pixel = map.project(point, lines.zoom);
    const slack = SLACK_PX * 2 ** (lines.zoom - map.getZoom());
    const nearby = around(pixel, slack);
    const tracks: number[] = [];
    for (let track = lines.count - 1; track >= 0; track -= 1) {
      if (at(this.visible, track) === 0 || !meets(lines, track, nearby)) continue;
      if (passes(lines, track, pixel, slack)) tracks.push(track);
    }
    return tracks;
  }
}
