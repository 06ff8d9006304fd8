/** What lies over plots for a while: problems, pins, what was measured, what is shown or chosen. */
import Feature, { type FeatureLike } from "ol/Feature";
import GeoJSON from "ol/format/GeoJSON";
import type Geometry from "ol/geom/Geometry";
import LineString from "ol/geom/LineString";
import MultiPolygonShape from "ol/geom/MultiPolygon";
import Point from "ol/geom/Point";
import Polygon from "ol/geom/Polygon";
import { fromLonLat, type Projection, transformExtent } from "ol/proj";
import VectorSource from "ol/source/Vector";
import { figureOf, type Measured } from "../draw/measured";
import { boundsOf } from "../geometry/bounds";
import type { MultiPolygon, Position } from "../geometry/shapes";
import { t } from "../words";
import { DEGREES, shapesLayer } from "./layers";
import type { Extent, Shown } from "./stage";
import {
  chosenMark,
  measuredStyle,
  pinStyle,
  POINT,
  problemStyle,
  SHOWN,
  zoneStyle,
} from "./styles";

const POINT_MS = 2_500;

export type Problem = { at: [number, number] | null; severity: string };

const spotAt = (at: number[], properties: object = {}): Feature => {
  const spot = new Feature<Geometry>(new Point(at));
  spot.setProperties(properties);
  return spot;
};

export class Marks {
  private readonly shown = new VectorSource<Feature>();
  private readonly zoned = new VectorSource<Feature>();
  private readonly problems = new VectorSource<Feature>();
  private readonly lengths = new VectorSource<Feature>();
  private readonly chosen = new VectorSource<Feature>();
  private readonly pins = new VectorSource<Feature>();
  readonly layers = [
    shapesLayer((one) => zoneStyle(String(one.get("name") ?? "")), 3, this.zoned),
    shapesLayer((one) => SHOWN[String(one.get("look"))] ?? POINT, 5, this.shown),
    shapesLayer(
      (one) => {
        const what = one.get("measured") as Measured;
        return measuredStyle(figureOf(what, t), what.kind);
      },
      6,
      this.lengths,
    ),
    shapesLayer((one, resolution) => chosenMark(one, resolution), 7, this.chosen),
    shapesLayer((one) => problemStyle(String(one.get("severity"))), 20, this.problems),
    shapesLayer((one) => pinStyle(Number(one.get("n")), one.get("fresh") === true), 21, this.pins),
  ];

  constructor(private readonly projection: Projection) {}

  /** Mark where the chosen plot is: from far it is no more than a dot, or part of a square. */
  choose(shape: MultiPolygon | undefined): void {
    this.chosen.clear();
    if (shape === undefined) return;
    const [west, south, east, north] = transformExtent(
      boundsOf(shape),
      DEGREES,
      this.projection,
    ) as Extent;
    const broad = Math.max(east - west, north - south);
    this.chosen.addFeature(spotAt([(west + east) / 2, (south + north) / 2], { broad }));
  }

  mark(problems: Problem[]): void {
    this.problems.clear();
    for (const { at, severity } of problems)
      if (at !== null) this.problems.addFeature(spotAt(fromLonLat(at), { severity }));
  }

  /** Show pins with their numbers: those of comments, and those that are being put. */
  pin(said: readonly Position[], put: readonly Position[]): void {
    this.pins.clear();
    for (const [list, fresh] of [
      [said, false],
      [put, true],
    ] as const)
      list.forEach((at, n) => {
        this.pins.addFeature(spotAt(fromLonLat(at), { n: n + 1, fresh }));
      });
  }

  /** Show what was measured, in the place of what was shown before; also in another language. */
  measure(list: readonly Measured[]): void {
    this.lengths.clear();
    for (const one of list) {
      const { kind, positions } = one;
      const shape = kind === "area" ? new Polygon([positions]) : new LineString(positions);
      const feature = new Feature<Geometry>(shape.transform(DEGREES, this.projection));
      feature.set("measured", one);
      this.lengths.addFeature(feature);
    }
  }

  /** Mark a place of the view's projection for a moment. */
  point(at: number[]): void {
    const spot = spotAt(at);
    this.shown.addFeature(spot);
    setTimeout(() => this.shown.removeFeature(spot), POINT_MS);
  }

  /** Show shapes under a name instead of those shown under it before; none takes them away. */
  show(name: string, shapes: Shown[]): void {
    for (const one of this.shown.getFeatures())
      if (one.get("name") === name) this.shown.removeFeature(one);
    for (const { geometry, look, pick } of shapes) {
      const shape = new MultiPolygonShape(geometry.coordinates);
      shape.transform(DEGREES, this.projection);
      const feature = new Feature<Geometry>(shape);
      feature.setProperties({ name, look, pick });
      this.shown.addFeature(feature);
    }
  }

  /** What a click on a shown shape does. */
  static pick(one: FeatureLike): (() => void) | undefined {
    return one.get("pick") as (() => void) | undefined;
  }

  /** Show zones, GeoJSON in degrees, in the place of those shown before. */
  zones(collection: object): void {
    const format = new GeoJSON({ dataProjection: DEGREES, featureProjection: this.projection });
    this.zoned.clear();
    this.zoned.addFeatures(format.readFeatures(collection));
  }
}
