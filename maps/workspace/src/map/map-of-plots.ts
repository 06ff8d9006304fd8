/** The map: plain OpenLayers that knows no Vue components. */
import OlMap from "ol/Map";
import { fromLonLat, transformExtent } from "ol/proj";
import View from "ol/View";
import type { Extent, Shown, Stage } from "./stage";

export class MapOfPlots implements Stage {
  private readonly map: OlMap;

  constructor(place: HTMLElement) {
    const view = new View({ center: fromLonLat([115, 35]), zoom: 4 });
    this.map = new OlMap({ target: place, view });
  }

  fit(extent: Extent): void {
    const view = this.map.getView();
    view.fit(transformExtent(extent, "EPSG:4326", view.getProjection()), { maxZoom: 17 });
  }

  point(lon: number, lat: number, zoom = 16): void {
    const view = this.map.getView();
    view.animate({ center: fromLonLat([lon, lat], view.getProjection()), zoom, duration: 300 });
  }

  show(_name: string, _shapes: Shown[]): void {}

  reload(): void {}

  end(): void {
    this.map.setTarget(undefined);
  }
}
