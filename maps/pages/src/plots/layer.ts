/** Plots: as shapes where they can be seen, as counted bubbles where they cannot. */
import { Layer } from "leaflet";
import type { LatLng, Map as LeafletMap } from "leaflet";
import type { PlotsData } from "../data";
import { at, own, range } from "../lists";
import { around, boxOf, contains, meets, unpackShapes } from "../shapes";
import type { Shapes } from "../shapes";
import type { SheetOpener } from "../sheets";
import { ClusterLayer } from "./clusters";
import type { NamesOnMap } from "./clusters";
import { firstShapeZoom, shapePoints, squarePoints } from "./points";
import type { RowPoints } from "./points";
import { Selection, countChoices, plannedAndDone } from "./selection";
import type { ChoiceCount, PlannedAndDone } from "./selection";
import { StageSums } from "./sums";
import { PlotTable } from "./table";
import { PlotTiles } from "./tiles";

/** How a plot is drawn. */
export interface Look {
  readonly colour: string;
  readonly dashed: boolean;
  /** How strong the fill is, from 0 to 1. */
  readonly fill: number;
}

const FILLS: Readonly<Record<string, number>> = { planned: 0.12, cancelled: 0 };
/** A plot that is too small to be hit is taken from so far around it. */
const SLACK_PX = 4;

export class PlotLayer extends Layer {
  readonly table: PlotTable;
  readonly selection: Selection;
  /** null: too many plots for one file, only squares with their counts. */
  readonly shapes: Shapes | null;
  readonly place: RowPoints;
  /** 1 for each row that is shown, 0 for the others. */
  readonly visible: Float64Array;
  /** Plots are drawn as shapes from this zoom on. */
  readonly shapeZoom: number;
  /** The property that colours plots. */
  colourBy: string | null;
  private readonly tiles: PlotTiles | null;
  private readonly clusters: ClusterLayer;

  constructor(
    readonly data: PlotsData,
    private readonly map: LeafletMap,
    names: NamesOnMap,
    opener: SheetOpener,
  ) {
    super();
    this.table = new PlotTable(data.columns);
    this.selection = new Selection(this.table);
    if ("shape" in data) {
      this.shapes = unpackShapes(data.shape);
      this.place = shapePoints(this.shapes);
    } else {
      this.shapes = null;
      this.place = squarePoints(data);
    }
    this.visible = new Float64Array(data.count).fill(1);
    this.shapeZoom = this.shapes === null ? Infinity : firstShapeZoom(this.shapes);
    this.colourBy = data.colour_by[0] ?? null;
    this.tiles = this.shapes === null ? null : new PlotTiles(map, this, this.shapes);
    this.clusters = new ClusterLayer(this, names, opener);
  }

  override onAdd(map: LeafletMap): this {
    map.on("zoomend moveend", this.refresh);
    this.refresh();
    return this;
  }

  override onRemove(map: LeafletMap): this {
    map.off("zoomend moveend", this.refresh);
    this.clusters.remove();
    this.tiles?.remove();
    return this;
  }

  lookOf(row: number): Look {
    const stage = this.table.code("stage", row);
    const place = this.colourBy === null ? 0 : this.table.place(this.colourBy, row);
    return {
      colour: this.colourOf(place),
      dashed: stage === "planned",
      fill: own(FILLS, stage) ?? 0.5,
    };
  }

  /** The colour of a value: one more than its place among the choices; 0: not given. */
  colourOf(place: number): string {
    const colours = this.colourBy === null ? undefined : this.data.colours[this.colourBy];
    return colours?.[place - 1] ?? this.data.plain;
  }

  redraw(): void {
    if (!this.map.hasLayer(this)) return;
    this.tiles?.repaint();
    this.refresh();
  }

  /** Show the rows of the selection, and no other. */
  applySelection(): void {
    for (let row = 0; row < this.data.count; row += 1) {
      this.visible[row] = this.selection.isShown(row) ? 1 : 0;
    }
    this.redraw();
  }

  /** How many plots of the whole file have each value of a property. */
  countChoices(id: string): ChoiceCount[] {
    const column = this.table.choices(id);
    return column === null ? [] : countChoices(this.table, column, this.place.plots);
  }

  /** Areas by the values of a property; of the plots that pass the filters. */
  plannedAndDone(id: string): PlannedAndDone[] {
    const rows = range(this.data.count).filter((row) => this.selection.passes(row));
    return plannedAndDone(this.table, id, this.countChoices(id), rows);
  }

  /** Rows under a point. */
  at(point: LatLng): number[] {
    const { shapes, map } = this;
    if (shapes === null || !map.hasLayer(this) || !this.asShapes()) return [];
    const pixel = map.project(point, shapes.zoom);
    const slack = SLACK_PX * 2 ** (shapes.zoom - map.getZoom());
    const nearby = around(pixel, slack);
    const rows: number[] = [];
    for (let row = 0; row < shapes.count; row += 1) {
      if (at(this.visible, row) === 0 || !meets(shapes, row, nearby)) continue;
      const { west, north, east, south } = boxOf(shapes, row);
      const isSmall = Math.max(east - west, south - north) < 2 * slack;
      if (isSmall || contains(shapes, row, pixel)) rows.push(row);
    }
    return rows;
  }

  /** What is shown now. */
  total(): StageSums {
    const sums = new StageSums();
    for (let row = 0; row < this.data.count; row += 1) {
      if (at(this.visible, row) === 0) continue;
      const plots = at(this.place.plots, row);
      sums.add(this.table.place("stage", row), { plots, area_m2: this.table.area_m2(row) });
    }
    return sums;
  }

  private asShapes(): boolean {
    return this.map.getZoom() >= this.shapeZoom;
  }

  private readonly refresh = (): void => {
    if (this.asShapes()) {
      this.clusters.remove();
      if (this.tiles !== null && !this.map.hasLayer(this.tiles)) this.tiles.addTo(this.map);
    } else {
      this.tiles?.remove();
      this.clusters.show(this.map);
    }
  };
}
