/** Interactions of OpenLayers for the tool in hand; what comes of them are steps of the log. */
import type { EventsKey } from "ol/events";
import type Feature from "ol/Feature";
import type { FeatureLike } from "ol/Feature";
import type Geometry from "ol/geom/Geometry";
import LineString from "ol/geom/LineString";
import Polygon from "ol/geom/Polygon";
import {
  altKeyOnly,
  noModifierKeys,
  primaryAction,
  shiftKeyOnly,
  singleClick,
} from "ol/events/condition";
import Interaction from "ol/interaction/Interaction";
import Draw from "ol/interaction/Draw";
import Modify from "ol/interaction/Modify";
import Snap from "ol/interaction/Snap";
import type MapBrowserEvent from "ol/MapBrowserEvent";
import { unByKey } from "ol/Observable";
import { toLonLat } from "ol/proj";
import { anchor, change, content } from "../edits/edits";
import { cleaned, settled } from "../geometry/edges";
import { withHole } from "../geometry/inside";
import { lengthOf } from "../geometry/measure";
import { type MultiPolygon, onGrid, type Position, type Ring } from "../geometry/shapes";
import type { MapOfPlots } from "../map/map-of-plots";
import { SKETCH } from "../map/styles";
import { tell } from "../state/notices";
import { selected } from "../state/selection";
import { t } from "../words";
import { addPlot, beginning, mayChange, reshape, split } from "./actions";
import { measure } from "./area";
import { checkSoon } from "./checking";
import { keepMeasured } from "./measured";
import { comesNearer, NEAR_ZOOM } from "./nearer";
import { belt, live, onGround, tools } from "./tools";
import { leavingEdges } from "./tracing";

const SNAP_PX = 12;
const GRAB_PX = 12;
const PRESSES = ["pointerdown", "pointerdrag", "pointerup", "click", "dblclick"];

export class Drawing {
  private active: Interaction[] = [];
  private draw: Draw | null = null;
  private modify: Modify | null = null;

  constructor(private readonly stage: MapOfPlots) {}

  /** Take up the tool in hand; whatever was being drawn is dropped. */
  take(): void {
    this.drop();
    const { tool } = tools;
    this.stage.looks.changing = tool === "change";
    this.stage.ground.hold(onGround(tool) ? selected.value : null);
    if (tool === "change") this.takeModify();
    else if (tool === "split" || tool === "length" || tool === "belt") this.takeDraw("LineString");
    else if (tool !== "look" && tool !== "merge") this.takeDraw("Polygon");
    if (this.active.length > 0 && tools.snap) this.takeSnap();
    this.stage.sync();
  }

  private add(one: Interaction): void {
    this.stage.map.addInteraction(one);
    this.active.push(one);
  }

  drop(): void {
    for (const one of this.active) this.stage.map.removeInteraction(one);
    this.active = [];
    this.draw = null;
    this.modify = null;
    tools.sketching = false;
  }

  private takeSnap(): void {
    this.add(
      new Snap({
        source: this.stage.ground.source,
        pixelTolerance: SNAP_PX,
        vertex: true,
        edge: true,
        intersection: true,
      }),
    );
  }

  // Drawing ---------------------------------------------------------------------------------

  private takeDraw(type: "Polygon" | "LineString"): void {
    const draw = new Draw({
      type,
      style: SKETCH,
      stopClick: true,
      condition: (event) => noModifierKeys(event) && !this.mustComeNearer(),
      freehandCondition: (event) => shiftKeyOnly(event) && !this.mustComeNearer(),
      trace: () => tools.trace,
      traceSource: this.stage.ground.source,
    });
    draw.on("drawstart", ({ feature }) => {
      tools.sketching = true;
      live.length_m = null;
      live.edge_m = null;
      const shape = feature.getGeometry();
      shape?.on("change", () => this.follow(shape));
    });
    draw.on("drawabort", () => {
      tools.sketching = false;
    });
    draw.on("drawend", ({ feature }) => {
      tools.sketching = false;
      const shape = feature.getGeometry();
      if (shape) this.finished(shape);
    });
    this.draw = draw;
    this.add(draw);
    this.add(leavingEdges(draw, this.stage.ground.source));
    // The second press of a quick hand would stop the flight midway: the map takes it for a drag.
    this.add(
      new Interaction({
        handleEvent: ({ type }) => !this.stage.way.flying || !PRESSES.includes(type),
      }),
    );
  }

  private positions(coordinates: number[][]): Ring {
    const projection = this.stage.map.getView().getProjection();
    return coordinates.map((one) => onGrid(toLonLat(one, projection)));
  }

  private follow(shape: Geometry): void {
    if (shape instanceof LineString) {
      live.length_m = lengthOf(this.positions(shape.getCoordinates()));
      return;
    }
    if (!(shape instanceof Polygon)) return;
    // The sketch ends with the pointer and the first vertex.
    const edge = this.positions((shape.getCoordinates()[0] ?? []).slice(-3, -1));
    live.edge_m = edge.length === 2 ? lengthOf(edge) : null;
    const ring = cleaned(this.positions(shape.getCoordinates()[0] ?? []));
    if (ring.length < 4) return;
    const sketch: MultiPolygon = { type: "MultiPolygon", coordinates: [[ring]] };
    const whole = this.withSketch(sketch, ring) ?? sketch;
    measure(whole);
    if (tools.tool === "area") return;
    const key = tools.tool === "plot" ? null : selected.value;
    const properties = (key && content(key)?.properties) || beginning();
    const id = key ? (anchor(key)?.plot.id ?? null) : null;
    checkSoon({ key: null, id, geometry: whole, properties });
  }

  /** The plot that is looked at with the hole or part that is being drawn. */
  private withSketch(sketch: MultiPolygon, ring: Ring): MultiPolygon | null {
    const here = selected.value ? content(selected.value)?.geometry : undefined;
    if (here === undefined) return null;
    if (tools.tool === "hole") return withHole(here, ring);
    if (tools.tool === "part") {
      return { ...here, coordinates: [...here.coordinates, ...sketch.coordinates] };
    }
    return null;
  }

  private finished(shape: Geometry): void {
    if (shape instanceof LineString) {
      const line = this.positions(shape.getCoordinates());
      live.length_m = lengthOf(line);
      if (tools.tool === "split" && selected.value) void split(selected.value, line);
      if (tools.tool === "belt") belt.line = line;
      if (tools.tool === "split" || tools.tool === "belt") tools.tool = "look";
      else keepMeasured({ kind: "length", positions: line });
      return;
    }
    if (!(shape instanceof Polygon)) return;
    if (tools.tool === "area") {
      const ring = cleaned(this.positions(shape.getCoordinates()[0] ?? []));
      if (ring.length < 4) tell(t("draw.too_few"), "bad");
      else keepMeasured({ kind: "area", positions: ring });
      return;
    }
    const drawn = this.exact(
      { type: "MultiPolygon", coordinates: [[this.positions(shape.getCoordinates()[0] ?? [])]] },
      null,
    );
    const ring = drawn.coordinates[0]?.[0] ?? [];
    if (ring.length < 4) {
      tell(t("draw.too_few"), "bad");
      return;
    }
    if (tools.tool === "plot") {
      addPlot(drawn);
      tools.tool = "change";
      return;
    }
    this.intoSelected(drawn, ring);
  }

  private intoSelected(drawn: MultiPolygon, ring: Ring): void {
    const key = selected.value;
    const whole = this.withSketch(drawn, ring);
    if (key === null || whole === null) {
      tell(t("draw.hole_outside"), "bad");
      return;
    }
    reshape(key, whole, tools.tool === "hole" ? "draw.step.hole" : "draw.step.part");
    tools.tool = "change";
  }

  /** Vertices that were snapped, put exactly where they were snapped to. */
  private exact(shape: MultiPolygon, key: string | null): MultiPolygon {
    const { vertices, edges } = this.stage.ground.around(key);
    const own = key === null ? [] : (content(key)?.geometry.coordinates.flat(2) ?? []);
    for (const one of own) vertices.add(one.join());
    return settled(shape, vertices, edges);
  }

  // Changing --------------------------------------------------------------------------------

  private takeModify(): void {
    const modify = new Modify({
      source: this.stage.ground.source,
      pixelTolerance: GRAB_PX,
      filter: (one: FeatureLike) => this.moves(one),
      condition: (event) => primaryAction(event) && this.grips(event),
      deleteCondition: (event) => altKeyOnly(event) && singleClick(event),
      trace: () => tools.trace,
      traceSource: this.stage.ground.source,
    });
    let following: EventsKey | null = null;
    modify.on("modifystart", () => {
      const shape = this.feature(selected.value)?.getGeometry();
      following = shape?.on("change", () => this.followChange(shape)) ?? null;
    });
    modify.on("modifyend", () => {
      if (following) unByKey(following);
      this.collect();
    });
    this.modify = modify;
    this.add(modify);
  }

  private feature(key: string | null): Feature | null {
    if (key === null) return null;
    return this.stage.ground.source.getFeatureById(key);
  }

  /** The plot that is looked at, and (moving together) the neighbours that may be changed. */
  private moves(one: FeatureLike): boolean {
    if (one.get("of") !== "own") return false;
    const key = String(one.getId());
    if (key !== selected.value && !tools.together) return false;
    return mayChange(key);
  }

  /** Only the outline of the plot that is looked at is taken hold of. */
  private grips(event: MapBrowserEvent): boolean {
    const shape = this.feature(selected.value)?.getGeometry();
    if (!shape) return false;
    const pixel = this.stage.map.getPixelFromCoordinate(shape.getClosestPoint(event.coordinate));
    const [x, y] = [pixel[0] ?? 0, pixel[1] ?? 0];
    const inside = shape.intersectsCoordinate(event.coordinate);
    return (
      Math.hypot(x - (event.pixel[0] ?? 0), y - (event.pixel[1] ?? 0)) <= GRAB_PX ||
      (inside && this.nearOutline(shape, event))
    );
  }

  /** Inside a polygon the closest point is the pointer itself: the rings are looked at instead. */
  private nearOutline(shape: Geometry, event: MapBrowserEvent): boolean {
    const nested = (shape as unknown as { getCoordinates(): number[][][][] }).getCoordinates();
    return nested.flat().some((ring) => {
      const at = this.stage.map.getPixelFromCoordinate(
        new LineString(ring).getClosestPoint(event.coordinate),
      );
      return (
        Math.hypot((at[0] ?? 0) - (event.pixel[0] ?? 0), (at[1] ?? 0) - (event.pixel[1] ?? 0)) <=
        GRAB_PX
      );
    });
  }

  private followChange(shape: Geometry): void {
    const key = selected.value;
    const here = key === null ? null : content(key);
    if (key === null || here === null) return;
    const geometry = this.stage.ground.degrees(shape);
    measure(geometry);
    checkSoon({ key, id: anchor(key)?.plot.id ?? null, geometry, properties: here.properties });
  }

  /** Whatever the hand moved becomes one step: the plot, and the neighbours that moved with it. */
  private collect(): void {
    const changed = this.stage.ground.source
      .getFeatures()
      .filter((one) => one.get("of") === "own")
      .flatMap((one) => {
        const key = String(one.getId());
        const here = content(key);
        const shape = one.getGeometry();
        if (here === null || !shape || !this.moves(one)) return [];
        const now = this.stage.ground.degrees(shape);
        const rounded = {
          ...now,
          coordinates: now.coordinates.map((part) => part.map((ring) => ring.map(onGrid))),
        };
        if (JSON.stringify(rounded.coordinates) === JSON.stringify(here.geometry.coordinates))
          return [];
        return [{ key, here, rounded }];
      });
    const keys = new Set(changed.map((one) => one.key));
    change(
      "draw.step.change",
      changed.map(({ key, here, rounded }) => ({
        key,
        // Plots that moved together stay together: their common vertices are not put elsewhere.
        after: { ...here, geometry: keys.size > 1 ? closed(rounded) : this.exact(rounded, key) },
      })),
    );
    this.stage.sync();
  }

  // Keys ------------------------------------------------------------------------------------

  /** Take back the last vertex of what is being drawn. */
  backOne(): boolean {
    if (!tools.sketching) return false;
    this.draw?.removeLastPoint();
    return true;
  }

  /** Take out the vertex under the pointer. */
  removeVertex(): boolean {
    const at = this.modify?.canRemovePoint() ? this.modify.getPoint() : null;
    // Without its place it would be the vertex that was dragged last.
    return at !== null && (this.modify?.removePoint(at) ?? false);
  }

  finish(): boolean {
    if (!tools.sketching) return false;
    this.draw?.finishDrawing();
    return true;
  }

  cancel(): boolean {
    if (!tools.sketching) return false;
    this.draw?.abortDrawing();
    return true;
  }

  /** Whether a vertex here would be coarse: the first click comes nearer, and so does a second one
   * on the way. */
  private mustComeNearer(): boolean {
    const zoom = this.stage.map.getView().getZoom() ?? 0;
    return this.stage.way.flying || comesNearer(tools.tool, zoom, tools.sketching);
  }

  /** Fly to a place of the view's projection where a vertex would be coarse; answers whether. */
  comeNearer(place: number[]): boolean {
    if (this.draw === null || !this.mustComeNearer()) return false;
    if (this.stage.way.flying) return true;
    this.stage.way.flyTo(place, NEAR_ZOOM);
    const line = tools.tool === "split" || tools.tool === "belt";
    tell(t(line ? "draw.came_nearer_line" : "draw.came_nearer"));
    return true;
  }

  /** A vertex in the middle of the map: drawing without a mouse. */
  putInTheMiddle(): void {
    const middle = this.stage.map.getView().getCenter();
    if (middle && this.comeNearer(middle)) return;
    if (this.draw && middle) this.draw.appendCoordinates([middle]);
  }
}

const closed = (shape: MultiPolygon): MultiPolygon => ({
  ...shape,
  coordinates: shape.coordinates.map((part) => part.map(cleaned)),
});

export type { Position };
