/** Districts as shapes that can be pointed at: one level at a time, coloured by one figure. */
import { DomEvent, FeatureGroup, polygon } from "leaflet";
import type { LatLng, LatLngBounds, LeafletMouseEvent, Map as LeafletMap, Polygon } from "leaflet";
import type { PathOptions } from "leaflet";
import type { DistrictsData, Theme } from "../data";
import { boundsOf, latLngsOf } from "../ground";
import { hasShape, unpackShapes } from "../shapes";
import type { Shapes } from "../shapes";
import { HATCHED, addHatch } from "./hatch";
import { bandOf } from "./themes";

const EDGE = "#5b6770";
const STRONG_EDGE = "#7f2704";

/** Who hears of a pointer over a district. */
export interface DistrictEvents {
  clicked(place: LatLng, district: number): void;
  pointed(place: LatLng, district: number): void;
}

export class DistrictLayer extends FeatureGroup {
  readonly shapes: Shapes;
  private drawn = new Map<number, Polygon>();

  constructor(
    readonly data: DistrictsData,
    private readonly map: LeafletMap,
    private readonly events: DistrictEvents,
  ) {
    super();
    this.shapes = unpackShapes(data.shape);
  }

  override onAdd(map: LeafletMap): this {
    super.onAdd(map);
    this.hatch();
    return this;
  }

  /** Draw these districts and no other. */
  show(districts: readonly number[], theme: Theme | undefined): void {
    this.clearLayers();
    this.drawn = new Map();
    for (const district of districts) {
      if (!hasShape(this.shapes, district)) continue;
      const shape = this.shapeOf(district);
      this.drawn.set(district, shape);
      this.addLayer(shape);
    }
    this.paint(theme);
  }

  paint(theme: Theme | undefined): void {
    this.drawn.forEach((shape, district) => {
      const style = this.styleOf(district, theme);
      shape.setStyle(style);
      // A dashed edge is not to lie under a neighbour's.
      if (style.dashArray) shape.bringToFront();
    });
    this.hatch();
  }

  boundsOf(districts: readonly number[]): LatLngBounds | null {
    return boundsOf(this.shapes, districts, this.map);
  }

  private shapeOf(district: number): Polygon {
    const shape = polygon(latLngsOf(this.shapes, district, this.map), {
      className: "district",
      smoothFactor: 0.5,
    });
    shape.on("click", (event: LeafletMouseEvent) => {
      DomEvent.stop(event);
      this.events.clicked(event.latlng, district);
    });
    const pointed = (event: LeafletMouseEvent): void => {
      this.events.pointed(event.latlng, district);
    };
    shape.on("mousemove", pointed).on("mouseover", pointed);
    return shape;
  }

  private styleOf(district: number, theme: Theme | undefined): PathOptions {
    if (theme === undefined) {
      return { color: EDGE, weight: 1.2, fillColor: "#ffffff", fillOpacity: 0.65 };
    }
    const band = bandOf(theme, this.data, district);
    const fillColor = band === null ? HATCHED : band.colour;
    return band?.strong === true
      ? { color: STRONG_EDGE, weight: 3, dashArray: "7 4", fillColor, fillOpacity: 1 }
      : { color: EDGE, weight: 1, dashArray: "", fillColor, fillOpacity: 1 };
  }

  /** The pattern has to stand inside Leaflet's own drawing. */
  private hatch(): void {
    const [some] = this.drawn.values();
    const drawing = some?.getElement()?.closest("svg");
    if (drawing) addHatch(drawing);
  }
}
