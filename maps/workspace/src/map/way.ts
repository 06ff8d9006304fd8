/** Where the map looks, and how it gets there. */
import type OlMap from "ol/Map";
import { fromLonLat, getPointResolution, toLonLat, transformExtent } from "ol/proj";
import { DEGREES } from "./layers";
import { flight } from "./motion";
import type { Extent } from "./stage";

const FLY_MS = 400;
const FIT_MS = 250;

export type Place = { lon: number; lat: number; zoom: number };

export class Way {
  /** On its way to where a plot can be drawn. */
  flying = false;

  constructor(private readonly map: OlMap) {}

  private get view() {
    return this.map.getView();
  }

  place(): Place {
    const [lon, lat] = toLonLat(this.view.getCenter() ?? [0, 0], this.view.getProjection());
    return { lon: lon ?? 0, lat: lat ?? 0, zoom: this.view.getZoom() ?? 0 };
  }

  go({ lon, lat, zoom }: Place): void {
    const here = this.place();
    if (
      Math.abs(here.lon - lon) < 1e-6 &&
      Math.abs(here.lat - lat) < 1e-6 &&
      Math.abs(here.zoom - zoom) < 0.01
    )
      return;
    this.view.cancelAnimations();
    this.view.setCenter(fromLonLat([lon, lat], this.view.getProjection()));
    this.view.setZoom(zoom);
  }

  /** West, south, east, north of what is seen, degrees. */
  extent(): Extent {
    return transformExtent(
      this.view.calculateExtent(this.map.getSize()),
      this.view.getProjection(),
      DEGREES,
    ) as Extent;
  }

  /** Metres on the ground that a pixel in the middle of the view is wide. */
  pixelMetres(): number {
    const [at, resolution] = [this.view.getCenter(), this.view.getResolution()];
    if (!at || resolution === undefined) return 0;
    return getPointResolution(this.view.getProjection(), resolution, at, "m");
  }

  /** Bring an extent, in degrees, into view. */
  fit([west, south, east, north]: Extent): void {
    const projection = this.view.getProjection();
    const extent = transformExtent([west, south, east, north], DEGREES, projection);
    const duration = flight(FIT_MS);
    this.view.fit(extent, { maxZoom: 17, padding: [60, 60, 60, 60], duration });
  }

  /** Come to a place, in degrees; answers it in the view's projection. */
  to(lon: number, lat: number, zoom?: number): number[] {
    const center = fromLonLat([lon, lat], this.view.getProjection());
    const duration = flight(FIT_MS);
    this.view.animate({ center, duration, ...(zoom === undefined ? {} : { zoom }) });
    return center;
  }

  /** Come nearer, to a zoom, with the middle of the view where it is. */
  nearer(zoom: number): void {
    this.view.animate({ zoom, duration: flight(FLY_MS) });
  }

  /** Fly to a place of the view's projection, at a zoom; there at once, it is still no time to draw. */
  flyTo(center: number[], zoom: number): void {
    const duration = flight(FLY_MS);
    const landed = (): void => {
      this.flying = false;
    };
    this.flying = true;
    this.view.animate({ center, zoom, duration }, () => {
      if (duration > 0) landed();
      else setTimeout(landed, FLY_MS);
    });
  }
}
