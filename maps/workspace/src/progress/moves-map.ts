/** Where plots moved: a mark for each move of a plot on a map of its own, beside the table. */
import Feature from "ol/Feature";
import Point from "ol/geom/Point";
import OlMap from "ol/Map";
import { fromLonLat } from "ol/proj";
import VectorSource from "ol/source/Vector";
import Circle from "ol/style/Circle";
import Fill from "ol/style/Fill";
import Stroke from "ol/style/Stroke";
import Style from "ol/style/Style";
import Text from "ol/style/Text";
import View from "ol/View";
import { shapesLayer, tileAddress, tileLayer, tiles } from "../map/layers";
import { districtStyle } from "../map/styles";
import type { components } from "../schema";

export type Move = components["schemas"]["MoveOut"];

/** Colour and sign of each kind of move that a plot has; others have no place. */
export const MARKS = {
  entered: { colour: "#1f6b43", sign: "+" },
  left: { colour: "#a8261c", sign: "−" },
  grew: { colour: "#0b6e99", sign: "↑" },
  shrank: { colour: "#8a5a00", sign: "↓" },
  border: { colour: "#5b2a86", sign: "│" },
  layer: { colour: "#5f4b3a", sign: "▦" },
} as const;
export type Kind = keyof typeof MARKS;
export const KINDS = Object.keys(MARKS) as Kind[];

const isKind = (what: string): what is Kind => what in MARKS;

/** Moves that have a place, by kind; a kind without one is missing. */
export function placed(moves: readonly Move[]): Map<Kind, Move[]> {
  const found = new Map<Kind, Move[]>();
  for (const move of moves)
    if (move.at !== null && isKind(move.what))
      found.set(move.what, [...(found.get(move.what) ?? []), move]);
  return found;
}

const FAR = 13;
const STYLES = new Map<Kind, Style>();

function style(kind: Kind): Style {
  const { colour, sign } = MARKS[kind];
  let made = STYLES.get(kind);
  if (made === undefined) {
    made = new Style({
      image: new Circle({
        radius: 9,
        fill: new Fill({ color: colour }),
        stroke: new Stroke({ color: "#fff", width: 2 }),
      }),
      text: new Text({
        text: sign,
        font: "bold 13px sans-serif",
        fill: new Fill({ color: "#fff" }),
      }),
    });
    STYLES.set(kind, made);
  }
  return made;
}

/** A map of moves; a click on a mark names its plot. */
export class MapOfMoves {
  private readonly source = new VectorSource<Feature>();
  private readonly map: OlMap;

  constructor(place: HTMLElement, chosen: (plot: number) => void) {
    const counties = tiles(tileAddress("districts", { level: "county" }), "code");
    this.map = new OlMap({
      target: place,
      view: new View({ enableRotation: false, maxZoom: 19 }),
      layers: [
        tileLayer(
          counties,
          (one) => districtStyle(String(one.get("name") ?? ""), null, "county"),
          1,
        ),
        shapesLayer((one) => style(one.get("what") as Kind), 2, this.source),
      ],
    });
    this.map.on("click", ({ pixel }) => {
      const plot = this.map.forEachFeatureAtPixel(pixel, (one) => one.get("plot") as unknown);
      if (typeof plot === "number") chosen(plot);
    });
  }

  /** Show moves in the place of those before, all of them in view. */
  show(moves: ReadonlyMap<Kind, readonly Move[]>): void {
    this.source.clear();
    for (const [what, those] of moves)
      for (const { at, plot_id } of those) {
        const mark = new Feature(new Point(fromLonLat(at ?? [])));
        mark.setProperties({ what, plot: plot_id });
        this.source.addFeature(mark);
      }
    const extent = this.source.getExtent();
    if (extent !== null && this.source.getFeatures().length > 0)
      this.map.getView().fit(extent, { maxZoom: FAR, padding: [30, 30, 30, 30] });
  }

  end(): void {
    this.map.setTarget(undefined);
  }
}
