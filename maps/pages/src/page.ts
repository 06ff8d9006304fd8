/** The page: its layers, what is chosen, and who must hear of it. */
import type {
  FitBoundsOptions,
  LatLng,
  LatLngBounds,
  LeafletMouseEvent,
  Map as LeafletMap,
} from "leaflet";
import { MapControls } from "./controls";
import type { PageData, Theme } from "./data";
import { Hierarchy } from "./districts/hierarchy";
import type { Group } from "./districts/hierarchy";
import { DistrictLayer } from "./districts/layer";
import { NameLayer } from "./districts/names";
import { mostOverdue } from "./districts/ranking";
import { byId } from "./dom";
import { writeFrame } from "./frame";
import { languageOfAddress, speak, spoken } from "./language";
import type { Language } from "./language";
import { item } from "./lists";
import { Opener } from "./opener";
import { Panel } from "./panel/panel";
import { Paper } from "./paper";
import type { FindingLayer } from "./patrol/findings";
import { Patrols } from "./patrol/patrols";
import type { TrackLayer } from "./patrol/tracks";
import { PlotLayer } from "./plots/layer";
import { boxOf } from "./shapes";

/** Room at the edges of the map, so that nothing lies under the time slider. */
const MARGIN_PX = 12;
const SLIDER_PX = 72;
/** Zones that are narrower are dots: their places lie far apart. */
const MIN_ZONE_PX = 16;
/** Longer names are cut on the map; zones are called by their place and number. */
const MAX_LETTERS = 12;
const MAX_ZONE_LETTERS = 20;

export class Page {
  readonly hierarchy: Hierarchy;
  readonly districts: DistrictLayer;
  readonly names: NameLayer;
  readonly plots: PlotLayer | null = null;
  readonly patrols: Patrols | null = null;
  /** Opens what is pointed at, clicked or found. */
  readonly opener: Opener;
  theme: Theme | undefined;
  level: string;
  /** Code of the district whose parts are listed; empty: all of the level are. */
  group = "";
  private readonly controls: MapControls;
  private readonly panel: Panel;

  constructor(
    readonly map: LeafletMap,
    readonly data: PageData,
  ) {
    this.theme = data.themes[0];
    this.level = data.level;
    map.createPane("plots").classList.add("plots-pane");
    this.opener = new Opener(this);
    this.hierarchy = new Hierarchy(data.districts, data.parents);
    this.districts = new DistrictLayer(data.districts, map, this.opener);
    const maxLetters = data.about === "patrol" ? MAX_ZONE_LETTERS : MAX_LETTERS;
    this.names = new NameLayer(this.districts, map, maxLetters, (code) => {
      this.goTo(code);
    });
    if (data.plots !== null) this.plots = new PlotLayer(data.plots, map, this.names, this.opener);
    if (data.days !== undefined && (data.tracks || data.findings)) {
      this.patrols = new Patrols(map, data, data.days, this.opener, () => {
        this.panel.writePatrolTotals();
      });
    }
    this.controls = new MapControls(map);
    this.panel = new Panel(this);
  }

  get tracks(): TrackLayer | null {
    return this.patrols?.tracks ?? null;
  }

  get findings(): FindingLayer | null {
    return this.patrols?.findings ?? null;
  }

  /** Draw everything for the first time. */
  open(): void {
    const { map } = this;
    this.districts.addTo(map);
    this.names.addTo(map);
    this.showLevel();
    this.plots?.addTo(map);
    this.patrols?.addToMap();
    this.listen();
    this.write();
    // Only now is the head filled, and the map as high as it stays.
    map.invalidateSize({ animate: false });
    map.fitBounds(this.data.bounds, this.margins(false));
    if (this.data.about === "patrol" && this.groups().length > 1 && this.zonesAreDots()) {
      this.goTo(mostOverdue(this.hierarchy, this.level, this.theme)?.code ?? "");
    }
  }

  /** Write everything that is text in the language that is spoken. */
  write(): void {
    writeFrame(this.data);
    this.controls.write();
    this.patrols?.timeline.write();
    this.panel.write();
    this.map.closePopup();
    this.plots?.redraw();
  }

  setTheme(place: number): void {
    this.theme = item(this.data.themes, place);
    this.districts.paint(this.theme);
    this.panel.write();
  }

  setLevel(level: string): void {
    this.level = level;
    this.map.closePopup(); // it told of a zone or district that is not on the map any more
    this.showLevel();
    this.panel.write();
  }

  /** What lies above the districts that are shown. */
  groups(): Group[] {
    return this.hierarchy.groups(this.level);
  }

  /** Show the districts of one group; empty: all. */
  goTo(code: string): void {
    this.group = code;
    this.fit(this.districts.boundsOf(this.hierarchy.members(this.level, code)), true);
    this.panel.write();
  }

  /** Show the whole of some bounds; null: nothing has a place, so nothing moves. */
  fit(bounds: LatLngBounds | null, animate: boolean): void {
    if (bounds !== null) this.map.fitBounds(bounds, this.margins(animate));
  }

  /** Colour plots by a property. */
  colourPlotsBy(id: string): void {
    if (this.plots === null) return;
    this.plots.colourBy = id;
    this.plots.selection.showAll(); // boxes of another property are gone from the legend
    this.choosePlots();
    this.panel.write();
  }

  /** Show the plots of the selection. */
  choosePlots(): void {
    this.map.closePopup();
    this.plots?.applySelection();
    this.panel.writePlotTotals();
  }

  /** The sheets of plots. */
  showPlots(place: LatLng, rows: readonly number[]): void {
    this.opener.openPlots(place, rows);
  }

  /** The sheets of tracks with that of the zone under them; null: no zone. */
  showTracks(place: LatLng, tracks: readonly number[], zone: number | null): void {
    this.opener.openTracks(place, tracks, zone);
  }

  private listen(): void {
    this.map.on("click", (event: LeafletMouseEvent) => {
      this.opener.clicked(event.latlng, null);
    });
    byId("language").addEventListener("click", () => {
      this.speakAnew(spoken() === "zh" ? "en" : "zh");
    });
    // Also when it is written into the address of the open page.
    window.addEventListener("hashchange", () => {
      this.speakAnew(languageOfAddress() ?? spoken());
    });
    const paper = new Paper(this.map);
    byId("print").addEventListener("click", () => {
      paper.print();
    });
  }

  private speakAnew(language: Language): void {
    if (language === spoken()) return;
    speak(language);
    this.write();
  }

  private showLevel(): void {
    const members = (code: string): number[] => this.hierarchy.members(this.level, code);
    this.districts.show(members(""), this.theme);
    this.names.show({
      districts: members(""),
      groups: this.groups().map((group) => ({ ...group, members: members(group.code) })),
    });
  }

  private margins(animate: boolean): FitBoundsOptions {
    const bottom = this.patrols === null ? MARGIN_PX : SLIDER_PX;
    return {
      animate,
      paddingTopLeft: [MARGIN_PX, MARGIN_PX],
      paddingBottomRight: [MARGIN_PX, bottom],
    };
  }

  private zonesAreDots(): boolean {
    const { shapes } = this.districts;
    const scale = 2 ** (this.map.getZoom() - shapes.zoom);
    return this.hierarchy.ofLevel(this.level).every((zone) => {
      const { west, east } = boxOf(shapes, zone);
      return !((east - west) * scale >= MIN_ZONE_PX);
    });
  }
}
