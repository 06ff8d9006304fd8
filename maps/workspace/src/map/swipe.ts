/** Two layers of the map, each clipped to its side of a line. */
import Feature from "ol/Feature";
import MultiPolygonShape from "ol/geom/MultiPolygon";
import type Geometry from "ol/geom/Geometry";
import VectorLayer from "ol/layer/Vector";
import type OlMap from "ol/Map";
import { getRenderPixel } from "ol/render";
import type RenderEvent from "ol/render/Event";
import VectorSource from "ol/source/Vector";
import type { MultiPolygon } from "../geometry/shapes";
import { SHOWN } from "./styles";

type Side = "before" | "after";

export class Swipe {
  private readonly sources = {
    before: new VectorSource<Feature>(),
    after: new VectorSource<Feature>(),
  };
  private at = 0.5;

  constructor(private readonly map: OlMap) {
    for (const side of ["before", "after"] as const) {
      const layer = new VectorLayer({
        source: this.sources[side],
        zIndex: 8,
        ...(SHOWN[side] ? { style: SHOWN[side] } : {}),
      });
      layer.on("prerender", (event) => this.clip(event, side));
      layer.on("postrender", (event) => (event.context as CanvasRenderingContext2D).restore());
      map.addLayer(layer);
    }
  }

  show(before: MultiPolygon | null, after: MultiPolygon | null): void {
    this.put("before", before);
    this.put("after", after);
  }

  /** Put the line at a share of the map's width. */
  move(at: number): void {
    this.at = at;
    this.map.render();
  }

  private put(side: Side, shape: MultiPolygon | null): void {
    this.sources[side].clear();
    if (shape === null) return;
    const geometry = new MultiPolygonShape(shape.coordinates);
    geometry.transform("EPSG:4326", this.map.getView().getProjection());
    this.sources[side].addFeature(new Feature<Geometry>(geometry));
  }

  private clip(event: RenderEvent, side: Side): void {
    const context = event.context as CanvasRenderingContext2D;
    const [width = 0, height = 0] = this.map.getSize() ?? [];
    const line = width * this.at;
    const [left, right] = side === "before" ? [0, line] : [line, width];
    const corners = [
      [left, 0],
      [right, 0],
      [right, height],
      [left, height],
    ].map((corner) => getRenderPixel(event, corner));
    context.save();
    context.beginPath();
    corners.forEach(([x = 0, y = 0], n) => (n === 0 ? context.moveTo(x, y) : context.lineTo(x, y)));
    context.closePath();
    context.clip();
  }
}
