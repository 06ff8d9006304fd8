/** The map: plain OpenLayers that knows no components. */
import ScaleLine from "ol/control/ScaleLine";
import Zoom from "ol/control/Zoom";
import OlMap from "ol/Map";
import { fromLonLat } from "ol/proj";
import View from "ol/View";
import { content } from "../edits/edits";
import type { MultiPolygon, Ring } from "../geometry/shapes";
import type { Colouring, Filters } from "../state/address";
import type { Band } from "./colours";
import { Ground } from "./ground";
import { hands, ZOOM_MS } from "./hands";
import { plotsAddress, shapesLayer, tileAddress, tileLayer, tiles } from "./layers";
import { Looks } from "./looks";
import { Marks } from "./marks";
import { MoreLayers } from "./more-layers";
import { flight } from "./motion";
import type { Extent, Shown, Stage } from "./stage";
import { Swipe } from "./swipe";
import { type Place, Way } from "./way";

const CHINA = { lon: 105, lat: 35.5, zoom: 4.2 };

export class MapOfPlots implements Stage {
  readonly map: OlMap;
  readonly ground: Ground;
  readonly looks: Looks;
  readonly marks: Marks;
  readonly more: MoreLayers;
  readonly way: Way;
  private readonly plots;
  private readonly districts;
  private readonly groundLayer;
  private readonly swipe: Swipe;

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
    this.looks = new Looks(
      this.ground,
      () => view.getZoom() ?? 0,
      () => this.districts.changed(),
    );
    this.marks = new Marks(view.getProjection());
    this.districts = tileLayer(
      tiles(tileAddress("districts", { level: "county" }), "code"),
      (one, resolution) => this.looks.district(one, resolution),
      1,
    );
    this.plots = tileLayer(tiles(plotsAddress({}, "working")), (one) => this.looks.plot(one), 2);
    this.groundLayer = shapesLayer((one) => this.looks.onGround(one), 4, this.ground.source);
    this.map = new OlMap({
      target: place,
      view,
      interactions: hands(),
      keyboardEventTarget: document,
      controls: [
        new Zoom({ zoomInTipLabel: "+", zoomOutTipLabel: "−", duration: flight(ZOOM_MS) }),
        new ScaleLine({ minWidth: 90 }),
      ],
      layers: [this.districts, this.plots, this.groundLayer, ...this.marks.layers],
    });
    this.more = new MoreLayers(this.map);
    this.way = new Way(this.map);
    this.swipe = new Swipe(this.map);
  }

  // Plots and districts ---------------------------------------------------------------------

  /** Show other plots: of other filters, or the last approved versions. */
  filter(filters: Filters, version: string): void {
    const address = plotsAddress(filters, version);
    if (address !== this.plots.getSource()?.getUrls()?.[0]) this.plots.getSource()?.setUrl(address);
  }

  colour(by: Colouring): void {
    this.looks.colouring = by;
    this.plots.changed();
    this.groundLayer.changed();
    this.districts.changed();
  }

  /** Colour districts by their coverage; none takes the colours away. */
  choropleth(rates: Map<string, number | null>, bands: readonly Band[]): void {
    this.looks.rates = rates;
    this.looks.bands = bands;
    this.districts.changed();
  }

  choose(key: string | null, id: number | null): void {
    this.looks.selected = key;
    this.looks.selectedId = id;
    this.marks.choose(key === null ? undefined : content(key)?.geometry);
    this.plots.changed();
    this.groundLayer.changed();
  }

  /** Bring plots on the map to what they are now. */
  sync(): void {
    this.ground.sync();
    if (this.ground.recount()) this.plots.changed();
    this.groundLayer.changed();
  }

  /** Compare two versions of a plot by a swipe, in the place of its own drawing; null: no more. */
  compare(id: number | null, before: MultiPolygon | null, after: MultiPolygon | null): void {
    this.looks.swiped = id;
    this.swipe.show(before, after);
    this.plots.changed();
  }

  swipeTo(at: number): void {
    this.swipe.move(at);
  }

  // What the rest of the page may ask -------------------------------------------------------

  fit(extent: Extent): void {
    this.way.fit(extent);
  }

  point(lon: number, lat: number, zoom?: number): void {
    this.marks.point(this.way.to(lon, lat, zoom));
  }

  show(name: string, shapes: Shown[]): void {
    this.marks.show(name, shapes);
  }

  extent(): Extent {
    return this.way.extent();
  }

  async drag(how: "box" | "lasso"): Promise<Ring | null> {
    const { dragged } = await import("../select/lasso");
    return dragged(this.map, how);
  }

  reload(): void {
    this.ground.stale();
    this.plots.getSource()?.refresh();
  }

  end(): void {
    this.map.setTarget(undefined);
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

  /** What a click at a pixel does to a shape that a page shows there; null where there is none. */
  shownAt(pixel: number[]): (() => void) | null {
    const of = this.marks.layers;
    const found = this.map.forEachFeatureAtPixel(pixel, (one) => Marks.pick(one), {
      hitTolerance: 3,
      layerFilter: (layer) => of.some((one) => one === layer),
    });
    return found ?? null;
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
}
