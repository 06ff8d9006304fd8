/** Layers that come and go: a base map, layers of the bureau, reporting areas. */
import type BaseLayer from "ol/layer/Base";
import type OlMap from "ol/Map";
import { controlStyle } from "./control-styles";
import { tileAddress, tileLayer, tiles } from "./layers";
import { NAMES_MS, NamesOnce } from "./names-once";
import { areaStyle } from "./styles";

export class MoreLayers {
  private below: BaseLayer | null = null;
  private reporting: BaseLayer | null = null;
  private readonly controls = new Map<string, BaseLayer>();

  constructor(private readonly map: OlMap) {}

  /** Put a base map below everything, in the place of the one before; null: none. */
  base(layer: BaseLayer | null): void {
    if (this.below) this.map.removeLayer(this.below);
    this.below = layer;
    if (layer) this.map.addLayer(layer);
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
    if (wanted === (this.reporting !== null)) return;
    if (this.reporting !== null) {
      this.map.removeLayer(this.reporting);
      this.reporting = null;
      return;
    }
    const layer = tileLayer(
      tiles(tileAddress("areas", {}), "code"),
      (one, resolution) => {
        const here = names.of(one, String(one.get("code")), resolution);
        return areaStyle(here ? String(one.get("name") ?? "") : "");
      },
      2.5,
    );
    const names = new NamesOnce(() => {
      setTimeout(() => layer.changed(), NAMES_MS);
    });
    this.reporting = layer;
    this.map.addLayer(layer);
  }
}
