/** The map: plain OpenLayers that knows no components. */
import type Feature from "ol/Feature";
import type { FeatureLike } from "ol/Feature";
import GeoJSON from "ol/format/GeoJSON";
import LineString from "ol/geom/LineString";
import Point from "ol/geom/Point";
import Polygon from "ol/geom/Polygon";
import MultiPolygonShape from "ol/geom/MultiPolygon";
import OlFeature from "ol/Feature";
import type Geometry from "ol/geom/Geometry";
import ScaleLine from "ol/control/ScaleLine";
import type BaseLayer from "ol/layer/Base";
import Zoom from "ol/control/Zoom";
import OlMap from "ol/Map";
import { fromLonLat, getPointResolution, toLonLat, transformExtent } from "ol/proj";
import VectorSource from "ol/source/Vector";
import View from "ol/View";
import { codes } from "../state/codes";
import { t } from "../words";
import { figureOf, type Measured } from "../draw/measured";
import { content } from "../edits/edits";
import { boundsOf } from "../geometry/bounds";
import type { MultiPolygon, Position, Ring } from "../geometry/shapes";
import type { Colouring, Filters } from "../state/address";
import { thisYear } from "../words/moments";
import { type Band, plotColour, rateColour } from "./colours";
import { controlStyle } from "./control-styles";
import { Ground } from "./ground";
import { hands } from "./hands";
import { plotsAddress, shapesLayer, tileAddress, tileLayer, tiles } from "./layers";
import { NamesOnce } from "./names-once";
import type { Extent, Shown, Stage } from "./stage";
import { Swipe } from "./swipe";
import {
  BEYOND,
  MASK,
  BORDER,
  chosenMark,
  chosenStyle,
  districtStyle,
  measuredStyle,
  plotStyle,
  POINT,
  problemStyle,
  SHOWN,
  pinStyle,
  squareStyle,
  areaStyle,
  zoneStyle,
} from "./styles";

const DEGREES = "EPSG:4326";

/** A plot whose review is not told is a sketch of one's own: it is drawn as it always was. */
function lookOf(one: FeatureLike): "plain" | "unreviewed" {
  return ["draft", "submitted", "returned"].includes(String(one.get("review")))
    ? "unreviewed"
    : "plain";
}

const CHINA = { lon: 105, lat: 35.5, zoom: 4.2 };
const POINT_MS = 2_500;
const NAMES_ONCE_TO = 11.5;
const NAMES_MS = 150;
const FLY_MS = 400;

export type Place = { lon: number; lat: number; zoom: number };
export type Problem = { at: [number, number] | null; severity: string };

export class MapOfPlots implements Stage {
  readonly map: OlMap;
  readonly ground: Ground;
  private readonly plots;
  private readonly districts;
  private readonly shown = new VectorSource<Feature>();
  private readonly zoneSource = new VectorSource<Feature>();
  private readonly problems = new VectorSource<Feature>();
  private readonly measured = new VectorSource<Feature>();
  private readonly chosen = new VectorSource<Feature>();
  private readonly pinSource = new VectorSource<Feature>();
  private readonly swipe: Swipe;
  private swiped: number | null = null;
  private readonly groundLayer;
  private colouring: Colouring = "stage";
  private rates = new Map<string, number | null>();
  private bands: readonly Band[] = [];
  private selected: string | null = null;
  private selectedId: number | null = null;
  private below: BaseLayer | null = null;
  private areaLayer: BaseLayer | null = null;
  private readonly controls = new Map<string, BaseLayer>();
  private moving: ReturnType<typeof setTimeout> | undefined;
  private readonly names = new NamesOnce(() => {
    clearTimeout(this.moving);
    this.moving = setTimeout(() => this.districts.changed(), NAMES_MS);
  });
  /** Whether the vertices of the chosen plot can be taken hold of. */
  changing = false;
  /** On its way to where a plot can be drawn. */
  flying = false;

  constructor(place: HTMLElement, start: Place | null) {
    const { lon, lat, zoom } = start ?? CHINA;
    const view = new View({
      center: fromLonLat([lon, lat]),
      zoom,
      maxZoom: 21,
      minZoom: 2,
      enableRotation: false,
    });
    this.ground = new Ground(view.getProjection());
    this.districts = tileLayer(
      tiles(tileAddress("districts", { level: "county" }), "code"),
      (one, resolution) => this.districtLook(one, resolution),
      1,
    );
    this.plots = tileLayer(tiles(plotsAddress({}, "working")), (one) => this.plotLook(one), 2);
    this.groundLayer = shapesLayer((one) => this.groundLook(one), 4, this.ground.source);
    this.map = new OlMap({
      target: place,
      view,
      interactions: hands(),
      keyboardEventTarget: document,
      controls: [
        new Zoom({ zoomInTipLabel: "+", zoomOutTipLabel: "−" }),
        new ScaleLine({ minWidth: 90 }),
      ],
      layers: [
        this.districts,
        this.plots,
        shapesLayer((one) => zoneStyle(String(one.get("name") ?? "")), 3, this.zoneSource),
        this.groundLayer,
        shapesLayer((one) => SHOWN[String(one.get("look"))] ?? POINT, 5, this.shown),
        shapesLayer(
          (one) => {
            const what = one.get("measured") as Measured;
            return measuredStyle(figureOf(what, t), what.kind);
          },
          6,
          this.measured,
        ),
        shapesLayer((one, resolution) => chosenMark(one, resolution), 7, this.chosen),
        shapesLayer((one) => problemStyle(String(one.get("severity"))), 20, this.problems),
        shapesLayer(
          (one) => pinStyle(Number(one.get("n")), one.get("fresh") === true),
          21,
          this.pinSource,
        ),
      ],
    });
    this.swipe = new Swipe(this.map);
  }

  // What is shown ---------------------------------------------------------------------------

  /** Show other plots: of other filters, or the last approved versions. */
  filter(filters: Filters, version: string): void {
    const address = plotsAddress(filters, version);
    if (address !== this.plots.getSource()?.getUrls()?.[0]) this.plots.getSource()?.setUrl(address);
  }

  colour(by: Colouring): void {
    this.colouring = by;
    this.plots.changed();
    this.groundLayer.changed();
    this.districts.changed();
  }

  /** Colour districts by their coverage; none takes the colours away. */
  choropleth(rates: Map<string, number | null>, bands: readonly Band[]): void {
    this.rates = rates;
    this.bands = bands;
    this.districts.changed();
  }

  choose(key: string | null, id: number | null): void {
    this.selected = key;
    this.selectedId = id;
    this.markChosen(key === null ? undefined : content(key)?.geometry);
    this.plots.changed();
    this.groundLayer.changed();
  }

  /** Mark where the chosen plot is: from far it is no more than a dot, or part of a square. */
  private markChosen(shape: MultiPolygon | undefined): void {
    this.chosen.clear();
    if (shape === undefined) return;
    const projection = this.map.getView().getProjection();
    const [west, south, east, north] = transformExtent(
      boundsOf(shape),
      DEGREES,
      projection,
    ) as Extent;
    const mark = new OlFeature<Geometry>(new Point([(west + east) / 2, (south + north) / 2]));
    mark.set("broad", Math.max(east - west, north - south));
    this.chosen.addFeature(mark);
  }

  /** Bring plots on the map to what they are now. */
  sync(): void {
    this.ground.sync();
    if (this.ground.recount()) this.plots.changed();
    this.groundLayer.changed();
  }

  mark(problems: Problem[]): void {
    this.problems.clear();
    for (const { at, severity } of problems) {
      if (at === null) continue;
      const spot = new OlFeature<Geometry>(new Point(fromLonLat(at)));
      spot.setProperties({ severity });
      this.problems.addFeature(spot);
    }
  }

  /** Show pins with their numbers: those of comments, and those that are being put. */
  pin(said: readonly Position[], put: readonly Position[]): void {
    this.pinSource.clear();
    for (const [list, fresh] of [
      [said, false],
      [put, true],
    ] as const)
      list.forEach((at, n) => {
        const spot = new OlFeature<Geometry>(new Point(fromLonLat(at)));
        spot.setProperties({ n: n + 1, fresh });
        this.pinSource.addFeature(spot);
      });
  }

  /** Compare two versions of a plot by a swipe, in the place of its own drawing; null: no more. */
  compare(id: number | null, before: MultiPolygon | null, after: MultiPolygon | null): void {
    this.swiped = id;
    this.swipe.show(before, after);
    this.plots.changed();
  }

  swipeTo(at: number): void {
    this.swipe.move(at);
  }

  /** Show what was measured, in the place of what was shown before; also in another language. */
  showMeasured(list: readonly Measured[]): void {
    const projection = this.map.getView().getProjection();
    this.measured.clear();
    for (const one of list) {
      const { kind, positions } = one;
      const shape = kind === "area" ? new Polygon([positions]) : new LineString(positions);
      const feature = new OlFeature<Geometry>(shape.transform(DEGREES, projection));
      feature.set("measured", one);
      this.measured.addFeature(feature);
    }
  }

  fit([west, south, east, north]: Extent): void {
    const view = this.map.getView();
    const extent = transformExtent([west, south, east, north], DEGREES, view.getProjection());
    view.fit(extent, { maxZoom: 17, padding: [60, 60, 60, 60], duration: 250 });
  }

  point(lon: number, lat: number, zoom?: number): void {
    const view = this.map.getView();
    const center = fromLonLat([lon, lat], view.getProjection());
    view.animate({ center, duration: 250, ...(zoom === undefined ? {} : { zoom }) });
    const spot = new OlFeature<Geometry>(new Point(center));
    this.shown.addFeature(spot);
    setTimeout(() => this.shown.removeFeature(spot), POINT_MS);
  }

  show(name: string, shapes: Shown[]): void {
    for (const one of this.shown.getFeatures())
      if (one.get("name") === name) this.shown.removeFeature(one);
    for (const { geometry, look } of shapes) {
      const shape = new MultiPolygonShape(geometry.coordinates);
      shape.transform(DEGREES, this.map.getView().getProjection());
      const feature = new OlFeature<Geometry>(shape);
      feature.setProperties({ name, look });
      this.shown.addFeature(feature);
    }
  }

  async drag(how: "box" | "lasso"): Promise<Ring | null> {
    const { dragged } = await import("../select/lasso");
    return dragged(this.map, how);
  }

  reload(): void {
    this.ground.stale();
    this.plots.getSource()?.refresh();
  }

  /** Show zones, GeoJSON in degrees, in the place of those shown before. */
  zones(collection: object): void {
    const format = new GeoJSON({
      dataProjection: DEGREES,
      featureProjection: this.map.getView().getProjection(),
    });
    this.zoneSource.clear();
    this.zoneSource.addFeatures(format.readFeatures(collection));
  }

  /** Show these layers of the bureau, each with its opacity, and no others. */
  control(shown: ReadonlyArray<{ code: string; role: string; opacity: number }>): void {
    for (const [code, layer] of this.controls) {
      if (shown.some((one) => one.code === code)) continue;
      this.map.removeLayer(layer);
      this.controls.delete(code);
    }
    for (const { code, role, opacity } of shown) {
      let layer = this.controls.get(code);
      if (layer === undefined) {
        const source = tiles(tileAddress(`layers/${code}`, {}));
        // Hard masks lie above the plots, whatever only informs below them.
        layer = tileLayer(source, () => controlStyle(role), role === "block" ? 3 : 1.5);
        this.controls.set(code, layer);
        this.map.addLayer(layer);
      }
      layer.setOpacity(opacity);
    }
  }

  /** Show the reporting areas, or none. */
  areas(wanted: boolean): void {
    if (!wanted) {
      if (this.areaLayer) this.map.removeLayer(this.areaLayer);
      this.areaLayer = null;
      return;
    }
    if (this.areaLayer) return;
    const layer = tileLayer(
      tiles(tileAddress("areas", {}), "code"),
      (one, resolution) => {
        const extent = one.getGeometry()?.getExtent() ?? [];
        const here = names.here(String(one.get("code")), extent, Math.round(Math.log2(resolution)));
        return areaStyle(here ? String(one.get("name") ?? "") : "");
      },
      2.5,
    );
    const names = new NamesOnce(() => {
      setTimeout(() => layer.changed(), NAMES_MS);
    });
    this.areaLayer = layer;
    this.map.addLayer(layer);
  }

  /** Put a base map below everything, in the place of the one before; null: none. */
  base(layer: BaseLayer | null): void {
    if (this.below) this.map.removeLayer(this.below);
    this.below = layer;
    if (layer) this.map.addLayer(layer);
  }

  // Where it looks --------------------------------------------------------------------------

  place(): Place {
    const view = this.map.getView();
    const [lon, lat] = toLonLat(view.getCenter() ?? [0, 0], view.getProjection());
    return { lon: lon ?? 0, lat: lat ?? 0, zoom: view.getZoom() ?? 0 };
  }

  go({ lon, lat, zoom }: Place): void {
    const here = this.place();
    if (
      Math.abs(here.lon - lon) < 1e-6 &&
      Math.abs(here.lat - lat) < 1e-6 &&
      Math.abs(here.zoom - zoom) < 0.01
    )
      return;
    const view = this.map.getView();
    view.cancelAnimations();
    view.setCenter(fromLonLat([lon, lat], view.getProjection()));
    view.setZoom(zoom);
  }

  /** West, south, east, north of what is seen, degrees. */
  extent(): Extent {
    const view = this.map.getView();
    return transformExtent(
      view.calculateExtent(this.map.getSize()),
      view.getProjection(),
      DEGREES,
    ) as Extent;
  }

  /** Metres on the ground that a pixel in the middle of the view is wide. */
  pixelMetres(): number {
    const view = this.map.getView();
    const [at, resolution] = [view.getCenter(), view.getResolution()];
    if (!at || resolution === undefined) return 0;
    return getPointResolution(view.getProjection(), resolution, at, "m");
  }

  /** Come nearer, to a zoom, with the middle of the view where it is. */
  nearer(zoom: number): void {
    this.map.getView().animate({ zoom, duration: FLY_MS });
  }

  /** Fly to a place of the view's projection, at a zoom. */
  flyTo(center: number[], zoom: number): void {
    this.flying = true;
    this.map.getView().animate({ center, zoom, duration: FLY_MS }, () => {
      this.flying = false;
    });
  }

  // What lies under the pointer -------------------------------------------------------------

  /** How many plots the square at a pixel stands for; null where there is none. */
  squareAt(pixel: number[]): number | null {
    const count = this.map.forEachFeatureAtPixel(
      pixel,
      (one) => (one.get("layer") === "plot_squares" ? Number(one.get("count")) : undefined),
      { layerFilter: (layer) => layer === this.plots },
    );
    return count ?? null;
  }

  /** Keys and numbers of the plots at a pixel, each once, the uppermost first. */
  plotsAt(pixel: number[]): Array<{ key: string | null; id: number | null }> {
    const found = new Map<string, { key: string | null; id: number | null }>();
    this.map.forEachFeatureAtPixel(
      pixel,
      (one, layer) => {
        if (layer === this.groundLayer) {
          if (one.get("of") !== "own") return;
          const id = (one.get("id") as number | undefined) ?? null;
          found.set(id === null ? String(one.getId()) : `p${id}`, { key: String(one.getId()), id });
        } else if (one.get("layer") === "plots") {
          const id = Number(one.getId() ?? one.get("id"));
          if (!found.has(`p${id}`) && !this.ground.hides(id))
            found.set(`p${id}`, { key: null, id });
        }
      },
      {
        hitTolerance: 3,
        layerFilter: (layer) => layer === this.groundLayer || layer === this.plots,
      },
    );
    return [...found.values()];
  }

  end(): void {
    this.map.setTarget(undefined);
  }

  // How it looks ----------------------------------------------------------------------------

  private colourOf(one: FeatureLike): string {
    const kinds = this.colouring === "kind" ? codes("kind").map((kind) => kind.code) : [];
    const plot: Parameters<typeof plotColour>[0] = {
      stage: one.get("stage"),
      kind: one.get("kind"),
      year: one.get("year"),
      review: one.get("review"),
    };
    return plotColour(plot, this.colouring, kinds, thisYear());
  }

  private plotLook(one: FeatureLike) {
    if (one.get("layer") === "plot_squares") {
      return this.colouring === "coverage" ? undefined : squareStyle(Number(one.get("count")));
    }
    const id = Number(one.getId() ?? one.get("id"));
    if (this.ground.hides(id) || id === this.swiped) return undefined;
    const how = this.colouring === "coverage" ? "faded" : lookOf(one);
    const style = plotStyle(this.colourOf(one), how);
    return id === this.selectedId ? [style, ...chosenStyle(false).slice(1)] : style;
  }

  private groundLook(one: FeatureLike) {
    const of: unknown = one.get("of");
    if (of === "district") return BORDER;
    if (of === "plot") return BEYOND;
    if (of === "layer") return MASK;
    const key = String(one.getId());
    const style = plotStyle(this.colourOf(one), one.get("changed") ? "changed" : lookOf(one));
    if (key !== this.selected) return style;
    const vertices =
      this.changing && (content(key)?.geometry.coordinates.flat(2).length ?? 0) < 3_000;
    return [style, ...chosenStyle(vertices)];
  }

  private districtLook(one: FeatureLike, resolution: number) {
    const code = String(one.get("code") ?? one.getId());
    const shaded =
      this.colouring === "coverage" ? rateColour(this.rates.get(code), this.bands) : null;
    const zoom = this.map.getView().getZoom() ?? 0;
    // From near a district fills the view, and its name may stand in every tile.
    const named =
      zoom > NAMES_ONCE_TO ||
      this.names.here(
        code,
        one.getGeometry()?.getExtent() ?? [],
        Math.round(Math.log2(resolution)),
      );
    return districtStyle(
      named && zoom > 7 && zoom < 15 ? String(one.get("name") ?? "") : "",
      shaded,
      String(one.get("level")),
    );
  }
}
