/** The real plots of the view, as they are stored or changed here: what is drawn upon. */
import Feature from "ol/Feature";
import GeoJSON from "ol/format/GeoJSON";
import type Geometry from "ol/geom/Geometry";
import MultiPolygonShape from "ol/geom/MultiPolygon";
import type { ProjectionLike } from "ol/proj";
import SimpleGeometry from "ol/geom/SimpleGeometry";
import VectorSource from "ol/source/Vector";
import { api, ask } from "../api/client";
import { anchor, content, isChanged, know, touched, unsaved } from "../edits/edits";
import { type Edge, edgesOf } from "../geometry/edges";
import { asMulti, type MultiPolygon, type Ring } from "../geometry/shapes";
import { DEGREES } from "./layers";
import type { Extent } from "./stage";

/** More plots than these in a view are not drawn upon. */
export const PLOTS_AT_MOST = 2_000;
const MARGIN = 0.2;

const within = (inner: Extent, outer: Extent): boolean =>
  inner[0] >= outer[0] && inner[1] >= outer[1] && inner[2] <= outer[2] && inner[3] <= outer[3];

function widened([w, s, e, n]: Extent): Extent {
  const [x, y] = [(e - w) * MARGIN, (n - s) * MARGIN];
  return [w - x, s - y, e + x, n + y];
}

export class Ground {
  readonly source = new VectorSource<Feature>();
  /** Keys of the plots of the view; empty while nobody draws. */
  private loaded = new Set<string>();
  private extent: Extent | null = null;
  private old = false;
  private asked: AbortController | null = null;
  /** The plot in hand: it can be changed also where the others are too many or too small. */
  private held: string | null = null;

  constructor(private projection: ProjectionLike) {}

  /** Ask for the plots of a view and for what lies around it; answers whether all came. */
  async load(view: Extent): Promise<"there" | "too_many"> {
    if (this.extent !== null && !this.old && within(view, this.extent)) return "there";
    this.asked?.abort();
    this.asked = new AbortController();
    const { signal } = this.asked;
    const extent = widened(view);
    const bbox = extent.map((one) => one.toFixed(9)).join(",");
    const query = { bbox, version: "working" as const, limit: PLOTS_AT_MOST };
    const [plots, snapping] = await Promise.all([
      ask(api.GET("/api/plots", { params: { query }, signal })),
      ask(api.GET("/api/snapping", { params: { query: { bbox } }, signal })),
    ]);
    if (plots.next !== null || !snapping.complete) return "too_many";
    this.extent = extent;
    this.old = false;
    this.loaded = new Set(plots.features.map(know));
    for (const one of this.source.getFeatures())
      if (one.get("of") !== "own") this.source.removeFeature(one);
    const format = new GeoJSON({ dataProjection: DEGREES, featureProjection: this.projection });
    this.source.addFeatures(format.readFeatures(snapping));
    this.sync();
    return "there";
  }

  /** Nobody draws any more: only what is not saved stays. */
  forget(): void {
    this.asked?.abort();
    this.extent = null;
    this.loaded.clear();
    for (const one of this.source.getFeatures())
      if (one.get("of") !== "own") this.source.removeFeature(one);
    this.sync();
  }

  /** What the service has was changed: the next look asks anew. */
  stale(): void {
    this.old = true;
  }

  /** Take a plot in hand, in the place of the one before; null: none. */
  hold(key: string | null): void {
    this.held = key;
  }

  /** What is not saved; while somebody draws, the view's plots and all that was touched, too. */
  private keys(): Set<string> {
    const keys = new Set([...this.loaded, ...(this.extent === null ? unsaved.value : touched())]);
    if (this.held !== null) keys.add(this.held);
    return keys;
  }

  /** Bring the features to what plots are now. */
  sync(): void {
    const wanted = this.keys();
    for (const one of this.source.getFeatures()) {
      const key = String(one.getId());
      if (one.get("of") === "own" && (!wanted.has(key) || content(key) === null))
        this.source.removeFeature(one);
    }
    for (const key of wanted) this.put(key);
  }

  private put(key: string): void {
    const here = content(key);
    if (here === null) return;
    let feature = this.source.getFeatureById(key);
    if (feature === null) {
      feature = new Feature<Geometry>();
      feature.setId(key);
      feature.setProperties({ of: "own" }, true);
      feature.setGeometry(this.shape(here.geometry));
      feature.set("content", here.geometry, true);
      this.source.addFeature(feature);
    } else if (feature.get("content") !== here.geometry) {
      feature.set("content", here.geometry, true);
      feature.setGeometry(this.shape(here.geometry));
    }
    feature.setProperties({ ...here.properties, ...this.service(key), changed: isChanged(key) });
  }

  private service(key: string): { review?: string; id?: number } {
    const known = anchor(key);
    return known === null
      ? { review: "draft" }
      : { review: known.plot.properties.review, id: known.plot.id };
  }

  private shape(geometry: MultiPolygon): MultiPolygonShape {
    const shape = new MultiPolygonShape(geometry.coordinates);
    shape.transform(DEGREES, this.projection);
    return shape;
  }

  /** A shape of the map in degrees. */
  degrees(geometry: Geometry): MultiPolygon {
    const format = new GeoJSON({ dataProjection: DEGREES, featureProjection: this.projection });
    return asMulti(format.writeGeometryObject(geometry));
  }

  /** Numbers of the plots that are shown here and not as tiles. */
  hides(id: number): boolean {
    return this.hidden.has(id);
  }

  private hidden = new Set<number>();

  /** Learn anew which plots the tiles must not show; answers whether that changed. */
  recount(): boolean {
    const now = new Set<number>();
    for (const key of this.keys()) {
      const id = anchor(key)?.plot.id;
      if (id !== undefined) now.add(id);
    }
    const same = now.size === this.hidden.size && [...now].every((id) => this.hidden.has(id));
    this.hidden = now;
    return !same;
  }

  /** Vertices (as text) and edges of everything that can be snapped to, but one plot. */
  around(but: string | null): { vertices: Set<string>; edges: Edge[] } {
    const rings: Ring[] = [];
    for (const one of this.source.getFeatures()) {
      if (one.getId() === but) continue;
      const own = one.get("of") === "own" ? content(String(one.getId())) : null;
      if (own !== null) rings.push(...own.geometry.coordinates.flat());
      else rings.push(...this.lines(one));
    }
    return { vertices: new Set(rings.flat().map((one) => one.join())), edges: edgesOf(rings) };
  }

  private lines(feature: Feature): Ring[] {
    const geometry = feature.getGeometry()?.clone().transform(this.projection, DEGREES);
    const nested: unknown = geometry instanceof SimpleGeometry ? geometry.getCoordinates() : null;
    const found: Ring[] = [];
    const walk = (one: unknown): void => {
      if (!Array.isArray(one)) return;
      if (Array.isArray(one[0]) && typeof one[0][0] === "number") found.push(one as Ring);
      else for (const inner of one) walk(inner);
    };
    walk(nested);
    return found;
  }
}
