/** What opens when somebody points at, clicks or finds a thing. */
import { latLng } from "leaflet";
import type { LatLng } from "leaflet";
import type { DistrictEvents } from "./districts/layer";
import { districtSheet } from "./districts/sheet";
import { valueOf } from "./districts/themes";
import { append, element, smallPrint } from "./dom";
import { area } from "./figures";
import { boundsOf } from "./ground";
import { say } from "./language";
import { item } from "./lists";
import type { Page } from "./page";
import { plotSheet } from "./plots/sheets";
import { Popups } from "./popups";
import { hasShape } from "./shapes";
import { tip } from "./sheets";
import type { SheetOpener } from "./sheets";

const MAX_SHEETS = 10;

export class Opener implements DistrictEvents, SheetOpener {
  private readonly popups: Popups;

  constructor(private readonly page: Page) {
    this.popups = new Popups(page.map);
  }

  openSheet(place: LatLng, sheet: HTMLElement): void {
    this.popups.open(place, sheet);
  }

  openDistrict(district: number): void {
    const { page } = this;
    const level = item(page.data.districts.level, district);
    if (level !== page.level) page.setLevel(level);
    const bounds = page.districts.boundsOf([district]);
    if (bounds !== null) page.map.fitBounds(bounds, { animate: false });
    this.openSheet(bounds?.getCenter() ?? page.map.getCenter(), this.sheetOfDistrict(district));
  }

  openPlot(row: number): void {
    const { map, plots } = this.page;
    const bounds = plots?.shapes ? boundsOf(plots.shapes, [row], map) : null;
    if (bounds === null) {
      this.openPlots(map.getCenter(), [row]);
      return;
    }
    // The sheet stands above the plot.
    map.fitBounds(bounds, {
      animate: false,
      paddingTopLeft: [80, 380],
      paddingBottomRight: [80, 40],
    });
    this.openPlots(latLng(bounds.getNorth(), bounds.getCenter().lng), [row]);
  }

  /** The sheets of plots, and the outline of the first. */
  openPlots(place: LatLng, rows: readonly number[]): void {
    const { plots } = this.page;
    if (plots === null) return;
    const sheets = rows.slice(0, MAX_SHEETS).map((row) => plotSheet(plots.table, row));
    const box = append(element("div", "sheets"), ...sheets);
    if (rows.length > MAX_SHEETS) {
      append(box, smallPrint(say("more_plots", MAX_SHEETS, rows.length)));
    }
    this.openSheet(place, box);
    if (plots.shapes !== null) this.popups.outlinePlot(plots.shapes, item(rows, 0));
  }

  /** The sheets of tracks with that of the zone under them; null: no zone. */
  openTracks(place: LatLng, tracks: readonly number[], zone: number | null): void {
    const { patrols } = this.page;
    if (patrols === null) return;
    const zoneSheet = zone === null ? null : this.sheetOfDistrict(zone);
    this.openSheet(place, patrols.sheetsOf(tracks, zoneSheet));
  }

  clicked(place: LatLng, district: number | null): void {
    this.popups.hideTip();
    const rows = this.page.plots?.at(place) ?? [];
    const tracks = this.page.tracks?.at(place) ?? [];
    if (rows.length > 0) this.openPlots(place, rows);
    else if (tracks.length > 0) this.openTracks(place, tracks, district);
    else if (district !== null) this.openSheet(place, this.sheetOfDistrict(district));
  }

  pointed(place: LatLng, district: number): void {
    const { plots, theme, data } = this.page;
    const [row] = plots?.at(place) ?? [];
    if (plots !== null && row !== undefined) {
      const name = plots.table.title(row) || say("no_name");
      this.popups.showTip(place, tip(name, area(plots.table.area_m2(row))));
    } else {
      const value = theme === undefined ? null : valueOf(theme, data.districts, district);
      this.popups.showTip(place, tip(item(data.districts.name, district), value));
    }
  }

  private sheetOfDistrict(district: number): HTMLElement {
    const { data, hierarchy, districts } = this.page;
    const parent = hierarchy.nameOf(item(data.districts.parent, district));
    const onMap = hasShape(districts.shapes, district);
    return districtSheet(data.districts, district, data.themes, parent, onMap);
  }
}
