/** How things look on the map. */
import type { FeatureLike } from "ol/Feature";
import MultiPoint from "ol/geom/MultiPoint";
import type Polygon from "ol/geom/Polygon";
import Circle from "ol/style/Circle";
import Fill from "ol/style/Fill";
import RegularShape from "ol/style/RegularShape";
import Stroke from "ol/style/Stroke";
import Style from "ol/style/Style";
import Text from "ol/style/Text";

const FONT = '"Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei", sans-serif';

/** `#rrggbb` with an opacity. */
export function faint(colour: string, opacity: number): string {
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  return `rgba(${r},${g},${b},${opacity})`;
}

const made = new Map<string, Style>();

function kept(name: string, make: () => Style): Style {
  let style = made.get(name);
  if (style === undefined) {
    style = make();
    made.set(name, style);
  }
  return style;
}

const EDGES = {
  plain: { width: 1.5 },
  faded: { width: 1.5 },
  changed: { lineDash: [8, 5], width: 3 },
  unreviewed: { lineDash: [3, 4], width: 2 },
};

/** A plot: filled thinly, so that overlaps and the ground below show; dotted until approved. */
export function plotStyle(colour: string, how: keyof typeof EDGES): Style {
  return kept(`${colour} ${how}`, () => {
    return new Style({
      fill: new Fill({ color: faint(colour, how === "faded" ? 0.15 : 0.45) }),
      stroke: new Stroke({ color: colour, ...EDGES[how] }),
    });
  });
}

/** A square of many plots, far out: the fuller the darker. */
export function squareStyle(count: number): Style {
  const step = Math.min(4, Math.floor(Math.log10(Math.max(1, count)) * 1.5));
  return kept(
    `square ${step}`,
    () => new Style({ fill: new Fill({ color: faint("#00795a", 0.2 + step * 0.16) }) }),
  );
}

export const districtStyle = (name: string, fill: string | null, level: string): Style => {
  const width = level === "county" ? 1.2 : 2;
  return kept(
    `district ${name} ${fill} ${level}`,
    () =>
      new Style({
        ...(fill === null ? {} : { fill: new Fill({ color: faint(fill, 0.75) }) }),
        stroke: new Stroke({ color: "#4f5d55", width }),
        ...(name === ""
          ? {}
          : {
              text: new Text({
                text: name,
                font: `14px ${FONT}`,
                fill: new Fill({ color: "#26332c" }),
                stroke: new Stroke({ color: "rgba(255,255,255,0.85)", width: 3 }),
                overflow: false,
              }),
            }),
      }),
  );
};

/** A zone of a forest chief or ranger: an outline and its name. */
export function zoneStyle(name: string): Style {
  return kept(
    `zone ${name}`,
    () =>
      new Style({
        stroke: new Stroke({ color: "#6a3d9a", width: 2, lineDash: [12, 4, 3, 4] }),
        text: new Text({
          text: name,
          font: `13px ${FONT}`,
          fill: new Fill({ color: "#4a2a6e" }),
          stroke: new Stroke({ color: "rgba(255,255,255,0.85)", width: 3 }),
        }),
      }),
  );
}

/** A reporting area: a double outline and its name; an empty name for its other parts. */
export function areaStyle(name: string): Style {
  return kept(
    `area ${name}`,
    () =>
      new Style({
        stroke: new Stroke({ color: "#00639b", width: 2.5, lineDash: [2, 6] }),
        fill: new Fill({ color: faint("#00639b", 0.06) }),
        text: new Text({
          text: name,
          font: `bold 13px ${FONT}`,
          overflow: true,
          fill: new Fill({ color: "#003d61" }),
          stroke: new Stroke({ color: "rgba(255,255,255,0.9)", width: 3 }),
        }),
      }),
  );
}

export const BORDER = new Style({
  stroke: new Stroke({ color: "#4f5d55", width: 2, lineDash: [2, 5] }),
});
/** The outline of what a layer refuses, as exactly as it is snapped to. */
export const MASK = new Style({ stroke: new Stroke({ color: "#c62828", width: 1.5 }) });

export const BEYOND = new Style({
  fill: new Fill({ color: "rgba(118,118,118,0.15)" }),
  stroke: new Stroke({ color: "#767676", width: 1, lineDash: [4, 4] }),
});

const HALO = new Style({ stroke: new Stroke({ color: "rgba(255,255,255,0.9)", width: 6 }) });
const CHOSEN = new Style({ stroke: new Stroke({ color: "#b8004f", width: 3 }) });
const VERTICES = new Style({
  image: new Circle({
    radius: 4,
    fill: new Fill({ color: "#fff" }),
    stroke: new Stroke({ color: "#b8004f", width: 2 }),
  }),
  geometry: (feature: FeatureLike) => {
    const shape = (feature as { getGeometry(): unknown }).getGeometry() as {
      getCoordinates(): number[][][][];
    };
    return new MultiPoint(shape.getCoordinates().flat(2));
  },
});

/** The plot that is looked at; its vertices while it can be changed. */
export const chosenStyle = (vertices: boolean): Style[] =>
  vertices ? [HALO, CHOSEN, VERTICES] : [HALO, CHOSEN];

/** Narrower on the screen, a plot's outline is lost among the others. */
const SEEN_FROM_PX = 24;
const MARK = [
  new Style({
    image: new Circle({
      radius: 11,
      stroke: new Stroke({ color: "rgba(255,255,255,0.9)", width: 7 }),
    }),
  }),
  new Style({
    image: new Circle({
      radius: 11,
      stroke: new Stroke({ color: "#b8004f", width: 3 }),
      fill: new Fill({ color: "rgba(184,0,79,0.15)" }),
    }),
  }),
];

/** A ring around the chosen plot where it is too small to be seen; `broad`: its longer side. */
export const chosenMark = (one: FeatureLike, resolution: number): Style[] =>
  Number(one.get("broad")) / resolution < SEEN_FROM_PX ? MARK : [];

/** Shapes shown for a while beside the plot. */
export const SHOWN: Record<string, Style> = {
  before: new Style({
    fill: new Fill({ color: "rgba(213,94,0,0.2)" }),
    stroke: new Stroke({ color: "#d55e00", width: 3, lineDash: [10, 6] }),
  }),
  after: new Style({
    fill: new Fill({ color: "rgba(0,114,178,0.2)" }),
    stroke: new Stroke({ color: "#0072b2", width: 3 }),
  }),
  theirs: new Style({
    fill: new Fill({ color: "rgba(213,94,0,0.2)" }),
    stroke: new Stroke({ color: "#d55e00", width: 3, lineDash: [10, 6] }),
  }),
  mine: new Style({
    fill: new Fill({ color: "rgba(0,114,178,0.2)" }),
    stroke: new Stroke({ color: "#0072b2", width: 3 }),
  }),
  hint: new Style({ stroke: new Stroke({ color: "#b8004f", width: 3, lineDash: [3, 6] }) }),
};

const SEVERITY: Record<string, string> = { block: "#a8261c", warn: "#8a5a00", info: "#0072b2" };

/** The spot of a problem: a triangle with a mark, in the colour of its severity. */
export function problemStyle(severity: string): Style {
  return kept(`problem ${severity}`, () => {
    const colour = SEVERITY[severity] ?? "#a8261c";
    return new Style({
      image: new RegularShape({
        points: 3,
        radius: 15,
        fill: new Fill({ color: colour }),
        stroke: new Stroke({ color: "#fff", width: 2 }),
      }),
      text: new Text({
        text: "!",
        font: `bold 14px ${FONT}`,
        fill: new Fill({ color: "#fff" }),
        offsetY: 2,
      }),
    });
  });
}

/** A pin of a comment with its number; `fresh`: one that is being put. */
export function pinStyle(n: number, fresh: boolean): Style {
  return kept(`pin ${n} ${fresh}`, () => {
    const colour = fresh ? "#b8004f" : "#5b2a86";
    return new Style({
      image: new Circle({
        radius: 12,
        fill: new Fill({ color: colour }),
        stroke: new Stroke({ color: "#fff", width: 2.5 }),
      }),
      text: new Text({
        text: String(n),
        font: `bold 14px ${FONT}`,
        fill: new Fill({ color: "#fff" }),
      }),
    });
  });
}

export const POINT = new Style({
  image: new Circle({ radius: 10, stroke: new Stroke({ color: "#b8004f", width: 3 }) }),
});

/** What was measured, its figures beside it. */
export const measuredStyle = (figure: string, kind: "length" | "area"): Style =>
  kept(
    `measured ${kind} ${figure}`,
    () =>
      new Style({
        fill: new Fill({ color: "rgba(0,63,92,0.12)" }),
        stroke: new Stroke({ color: "#003f5c", width: 2.5, lineDash: [6, 4] }),
        text: new Text({
          text: figure,
          font: `bold 14px ${FONT}`,
          placement: "point",
          overflow: true,
          textBaseline: kind === "length" ? "bottom" : "middle",
          fill: new Fill({ color: "#003f5c" }),
          backgroundFill: new Fill({ color: "rgba(255,255,255,0.9)" }),
          padding: [2, 5, 1, 5],
        }),
      }),
  );

/** What is being drawn. */
export const SKETCH = [
  new Style({
    fill: new Fill({ color: "rgba(184,0,79,0.12)" }),
    stroke: new Stroke({ color: "#b8004f", width: 2.5 }),
    image: new Circle({
      radius: 5,
      fill: new Fill({ color: "#b8004f" }),
      stroke: new Stroke({ color: "#fff", width: 2 }),
    }),
  }),
  new Style({
    image: new Circle({
      radius: 4,
      fill: new Fill({ color: "#fff" }),
      stroke: new Stroke({ color: "#b8004f", width: 2 }),
    }),
    geometry: (feature: FeatureLike) => {
      const shape = (feature as { getGeometry(): unknown }).getGeometry() as Polygon | null;
      return shape?.getType() === "Polygon"
        ? new MultiPoint((shape.getCoordinates()[0] ?? []).slice(0, -2))
        : undefined;
    },
  }),
];
