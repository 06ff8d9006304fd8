import { fromLonLat, toLonLat, transform } from "ol/proj";
import { expect, it } from "vitest";
import { lengthOf } from "../geometry/measure";
import type { Position } from "../geometry/shapes";
import { basemapLayer, GCJ_MERCATOR, knowGcj } from "./basemaps";

knowGcj();
const changchun = fromLonLat([125.3245, 43.8868]);

it("a GCJ-02 picture is moved by some 500 m to where it belongs", () => {
  const there = toLonLat(transform(changchun, GCJ_MERCATOR, "EPSG:3857")) as Position;
  const moved = lengthOf([[125.3245, 43.8868], there]);
  expect(moved).toBeGreaterThan(400);
  expect(moved).toBeLessThan(700);
});
it("the way there and back ends where it began", () => {
  const there = transform(changchun, "EPSG:3857", GCJ_MERCATOR);
  const back = toLonLat(transform(there, GCJ_MERCATOR, "EPSG:3857")) as Position;
  expect(lengthOf([[125.3245, 43.8868], back])).toBeLessThan(0.5);
});
it("Tianditu's _c is asked for in degrees, its first level being 1", () => {
  const layer = basemapLayer({ label: "x", kind: "tianditu", layer: "img_c", key: "k" } as never);
  const source = layer.getSource() as unknown as {
    getProjection(): { getCode(): string };
    getMatrixSet(): string;
    getTileGrid(): { getMatrixId(z: number): string };
  };
  expect([
    source.getProjection().getCode(),
    source.getMatrixSet(),
    source.getTileGrid().getMatrixId(0),
  ]).toEqual(["EPSG:4326", "c", "1"]);
});
