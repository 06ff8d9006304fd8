/** A box or a free shape that a hand drags over the map. */
import Draw, { createBox } from "ol/interaction/Draw";
import Polygon from "ol/geom/Polygon";
import type OlMap from "ol/Map";
import { toLonLat } from "ol/proj";
import type { Position, Ring } from "../geometry/shapes";

export type How = "box" | "lasso";

/** A filter names every corner, so a free shape has so many at most. */
const MOST_CORNERS = 80;

/** What was dragged, as a ring in degrees; null when it was given up by Esc. */
export function dragged(map: OlMap, how: How): Promise<Ring | null> {
  const draw =
    how === "box"
      ? new Draw({ type: "Circle", geometryFunction: createBox(), freehand: true })
      : new Draw({ type: "Polygon", freehand: true });
  const surface = map.getViewport();
  return new Promise((resolve) => {
    const end = (ring: Ring | null): void => {
      window.removeEventListener("keydown", key, true);
      if (surface) surface.style.cursor = "";
      // Later, for the interaction is still at work when it says that it has ended.
      setTimeout(() => map.removeInteraction(draw));
      resolve(ring);
    };
    const key = (event: KeyboardEvent): void => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      end(null);
    };
    window.addEventListener("keydown", key, true);
    draw.on("drawend", ({ feature }) => {
      const shape = feature.getGeometry();
      end(shape instanceof Polygon ? ringOf(shape, map) : null);
    });
    if (surface) surface.style.cursor = "crosshair";
    map.addInteraction(draw);
  });
}

function ringOf(drawn: Polygon, map: OlMap): Ring {
  const view = map.getView();
  const resolution = view.getResolution() ?? 1;
  let shape = drawn;
  for (let pixels = 1; cornersOf(shape).length > MOST_CORNERS; pixels *= 2) {
    const simpler = drawn.simplify((pixels * resolution) ** 2);
    if (!(simpler instanceof Polygon)) break;
    shape = simpler;
  }
  return cornersOf(shape).map((at) => toLonLat(at, view.getProjection()) as Position);
}

const cornersOf = (shape: Polygon): number[][] => shape.getCoordinates()[0] ?? [];
