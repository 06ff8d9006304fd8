/** Names of districts, where a district is wide enough on the screen to hold its own. */
import { LayerGroup, divIcon, marker } from "leaflet";
import type { LatLngExpression, Map as LeafletMap, Marker } from "leaflet";
import { userText } from "../dom";
import { at, item } from "../lists";
import { unpackSigned } from "../packing";
import { boxOf } from "../shapes";
import type { PixelBox, PixelPoint } from "../shapes";
import type { Group } from "./hierarchy";
import type { DistrictLayer } from "./layer";

const LETTER_PX = 14;
/** Above this width a group's districts are wide enough for their own names. */
const MAX_GROUP_PX = 160;
const MAX_GROUP_LETTERS = 12;

/** What the names are those of. */
export interface Named {
  readonly districts: readonly number[];
  readonly groups: readonly (Group & { readonly members: readonly number[] })[];
}

const half = (letters: number): number => (LETTER_PX / 2) * letters + 3;

/** The ground that a name takes, its middle being given. */
export const nameBox = ({ x, y }: PixelPoint, letters: number): PixelBox => ({
  west: x - half(letters),
  east: x + half(letters),
  north: y - 10,
  south: y + 10,
});

export class NameLayer extends LayerGroup {
  private named: Named = { districts: [], groups: [] };
  private drawn: { readonly name: Marker; readonly letters: number }[] = [];
  private readonly x: Float64Array;
  private readonly y: Float64Array;

  constructor(
    private readonly districts: DistrictLayer,
    private readonly map: LeafletMap,
    private readonly maxLetters: number,
    private readonly openGroup: (code: string) => void,
  ) {
    super();
    this.x = unpackSigned(districts.data.label_x);
    this.y = unpackSigned(districts.data.label_y);
  }

  override onAdd(map: LeafletMap): this {
    super.onAdd(map);
    map.on("zoomend", this.refresh);
    this.refresh();
    return this;
  }

  override onRemove(map: LeafletMap): this {
    map.off("zoomend", this.refresh);
    return super.onRemove(map);
  }

  show(named: Named): void {
    this.named = named;
    this.refresh();
  }

  /** Where names stand now, in pixels of the map's zoom. */
  boxes(): PixelBox[] {
    if (!this.map.hasLayer(this)) return [];
    return this.drawn.map(({ name, letters }) =>
      nameBox(this.map.project(name.getLatLng()), letters),
    );
  }

  private readonly refresh = (): void => {
    this.clearLayers();
    this.drawn = [];
    if (!this.map.hasLayer(this)) return;
    for (const district of this.named.districts) this.addName(district);
    for (const group of this.named.groups) this.addGroupName(group, group.members);
  };

  private addName(district: number): void {
    const { shapes, data } = this.districts;
    const text = item(data.name, district);
    const letters = Math.min(text.length, this.maxLetters);
    const { west, east } = boxOf(shapes, district);
    const width_px = (east - west) * 2 ** (this.map.getZoom() - shapes.zoom);
    if (!(width_px > LETTER_PX * letters + 6)) return;
    const place = this.map.unproject([at(this.x, district), at(this.y, district)], shapes.zoom);
    const short = text.length > this.maxLetters ? `${text.slice(0, this.maxLetters)}…` : text;
    this.add(place, short, letters, "place", false);
  }

  /** Where districts are too small for their names, that of what is above stands below them. */
  private addGroupName({ code, name }: Group, members: readonly number[]): void {
    const bounds = this.districts.boundsOf(members);
    if (bounds === null || !name) return;
    const { map } = this;
    const width_px = map.project(bounds.getNorthEast()).x - map.project(bounds.getSouthWest()).x;
    if (width_px > MAX_GROUP_PX) return;
    const { x, y } = map.project([bounds.getSouth(), bounds.getCenter().lng]);
    const letters = Math.min(name.length, MAX_GROUP_LETTERS);
    const text = name.slice(0, MAX_GROUP_LETTERS);
    this.add(map.unproject([x, y + 14]), text, letters, "place group", true).on("click", () => {
      this.openGroup(code);
    });
  }

  private add(
    place: LatLngExpression,
    text: string,
    letters: number,
    className: string,
    interactive: boolean,
  ): Marker {
    const icon = divIcon({ className, html: userText(text), iconSize: undefined });
    const name = marker(place, { interactive, keyboard: false, icon });
    this.drawn.push({ name, letters });
    this.addLayer(name);
    return name;
  }
}
