import { describe, expect, it } from "vitest";
import { crossesItself } from "./crossing";
import { edgesOf, nearestOn, ontoEdges, settled } from "./edges";
import { withHole, withoutVertex } from "./inside";
import { lengthOf, sizeOf } from "./measure";
import { inHa, inMu } from "./numbers";
import { pasted } from "./pasted";
import type { MultiPolygon, Position, Ring } from "./shapes";
import { asDrawn, asMulti, onGrid } from "./shapes";

const square = (west: number, south: number, side: number): Ring => [
  [west, south],
  [west + side, south],
  [west + side, south + side],
  [west, south + side],
  [west, south],
];
const multi = (...parts: Ring[][]): MultiPolygon => ({ type: "MultiPolygon", coordinates: parts });

describe("the area of a shape", () => {
  // gis/measure.py, docstring of area_m2: 894 072 m² as PROJ computes it.
  const whole = sizeOf(multi([square(126, 43.8, 0.01)])).area_m2;

  it("is that of the service", () => expect(Math.round(whole)).toBe(894_072));
  it("does not depend on the way a ring runs", () => {
    expect(sizeOf(multi([square(126, 43.8, 0.01).reverse()])).area_m2).toBeCloseTo(whole, 6);
  });
  it("leaves holes out, whichever way they run", () => {
    const hole = square(126.002, 43.802, 0.002);
    const inside = sizeOf(multi([hole])).area_m2;
    for (const ring of [hole, [...hole].reverse()])
      expect(sizeOf(multi([square(126, 43.8, 0.01), ring])).area_m2).toBeCloseTo(whole - inside, 6);
  });
  it("adds parts up", () => {
    const two = multi([square(126, 43.8, 0.01)], [square(127, 43.8, 0.01)]);
    expect(sizeOf(two).area_m2).toBeCloseTo(2 * whole, 3);
  });
  it("is told in mu and hectares", () => {
    expect([inMu(10_000), inHa(10_000)]).toEqual(["15.00", "1.0000"]);
  });
});

it("a meridian degree is as long as gis/measure.py says", () => {
  expect(
    lengthOf([
      [126, 43],
      [126, 44],
    ]),
  ).toBeCloseTo(111_102.486, 3);
});

describe("a vertex that was snapped to an edge", () => {
  const edge = edgesOf([
    [
      [125, 43],
      [125.02, 43.01],
    ],
  ]);

  it("is put onto it exactly", () => {
    const near: Position = [125.0100000004, 43.0050001];
    const at = ontoEdges(near, edge);
    expect(nearestOn(edge[0]!, at).metres).toBeLessThan(2e-4);
  });
  it("is put where two edges cross, off neither", () => {
    const other = edgesOf([
      [
        [125.007, 43.009],
        [125.013, 43.001],
      ],
    ]);
    const at = ontoEdges([125.0100000008, 43.0050000012], [...edge, ...other]);
    for (const one of [edge, other]) expect(nearestOn(one[0]!, at).metres).toBeLessThan(1.1e-4);
  });
  it("stays where it is when no edge is near", () => {
    expect(ontoEdges([125.01, 43.006], edge)).toEqual([125.01, 43.006]);
  });
  it("stays a neighbour's vertex when it is one", () => {
    const shape = multi([square(125, 43, 0.01)]);
    const known = new Set(["125,43"]);
    expect(settled(shape, known, edge).coordinates[0]?.[0]?.[0]).toEqual([125, 43]);
  });
});

describe("a hole", () => {
  const shape = multi([square(125, 43, 0.01)], [square(126, 43, 0.01)]);
  it("goes into the part that it lies in", () => {
    const after = withHole(shape, square(126.002, 43.002, 0.002));
    expect(after?.coordinates.map((part) => part.length)).toEqual([1, 2]);
  });
  it("is refused where it leaves the plot", () => {
    expect(withHole(shape, square(126.009, 43.002, 0.002))).toBeNull();
  });
});

describe("a vertex that is taken out", () => {
  it("leaves a closed ring", () => {
    const left = withoutVertex(multi([square(125, 43, 0.01)]), [125, 43]);
    expect(left?.coordinates[0]?.[0]).toEqual([
      [125.01, 43],
      [125.01, 43.01],
      [125, 43.01],
      [125.01, 43],
    ]);
  });
  it("stays where only a triangle is left", () => {
    const triangle: Ring = [
      [125, 43],
      [125.01, 43],
      [125, 43.01],
      [125, 43],
    ];
    expect(withoutVertex(multi([triangle]), [125, 43])).toBeNull();
  });
});

describe("pasted text", () => {
  it("may be WKT", () => {
    const found = pasted("POLYGON((125 43,125.01 43,125.01 43.01,125 43))");
    expect("shape" in found && found.shape.coordinates[0]?.[0]?.length).toBe(4);
  });
  it("may be a collection of GeoJSON features, which become parts", () => {
    const feature = {
      type: "Feature",
      properties: {},
      geometry: { type: "Polygon", coordinates: [square(125, 43, 0.01)] },
    };
    const found = pasted(
      JSON.stringify({ type: "FeatureCollection", features: [feature, feature] }),
    );
    expect("shape" in found && found.shape.coordinates.length).toBe(2);
  });
  it.each([
    ["nothing of this", "unreadable"],
    ["POINT(125 43)", "not_polygon"],
    [
      "POLYGON((39512345 4856123,39512445 4856123,39512445 4856223,39512345 4856123))",
      "not_degrees",
    ],
  ])("%s is refused", (text, wrong) => expect(pasted(text)).toEqual({ wrong }));
});

describe("an outline crosses itself", () => {
  const [a, b, c, d, e] = square(126, 43.8, 0.01) as [
    Position,
    Position,
    Position,
    Position,
    Position,
  ];

  it("as a bow tie", () => expect(crossesItself(multi([[a, c, b, d, e]]))).toBe(true));
  it("where a hole runs out of it", () => {
    expect(crossesItself(multi([[a, b, c, d, e], square(126.005, 43.805, 0.01)]))).toBe(true);
  });
  it("not where it only touches itself or a neighbouring part", () => {
    expect(crossesItself(multi([[a, b, c, d, e]], [square(126.01, 43.8, 0.01)]))).toBe(false);
    expect(
      crossesItself(
        multi([
          [a, b, c, d, e],
          [a, b, c, a],
        ]),
      ),
    ).toBe(false);
  });
});

it("any polygon becomes a flat multipolygon", () => {
  const ring = [
    [125, 43, 200],
    [125.01, 43, 200],
    [125, 43.01, 200],
    [125, 43, 200],
  ];
  expect(asMulti({ type: "Polygon", coordinates: [ring] }).coordinates[0]?.[0]?.[0]).toEqual([
    125, 43,
  ]);
});

it("the grid is the service's", () => {
  expect(onGrid([125.12345678949, 43.9999999996])).toEqual([125.123456789, 44]);
});

describe("what was drawn of a shape that cannot be used", () => {
  it("has each ring as a part, and an open line there and back", () => {
    const ring = square(125, 43, 0.01);
    const open = [
      [125, 43],
      [125.01, 43],
      [125.02, 43.01],
    ];
    const drawn = asDrawn({ coordinates: [ring, open] });
    expect(drawn.coordinates[0]).toEqual([ring]);
    expect(drawn.coordinates[1]).toEqual([[...open, [125.01, 43], [125, 43]]]);
  });
});
