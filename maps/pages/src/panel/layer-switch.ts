/** Leaflet's boxes that turn layers on and off, in the panel instead of on the map. */
import { control } from "leaflet";
import type { Control } from "leaflet";
import { append, section } from "../dom";
import { say } from "../language";
import type { Page } from "../page";

export class LayerSwitch {
  private boxes: Control.Layers | null = null;

  constructor(private readonly page: Page) {}

  section(): HTMLElement {
    const { map, districts, names, plots, tracks, findings } = this.page;
    this.boxes?.remove();
    this.boxes = control.layers(undefined, undefined, { collapsed: false });
    this.boxes.addOverlay(districts, say("layer_districts"));
    this.boxes.addOverlay(names, say("layer_names"));
    if (plots !== null) this.boxes.addOverlay(plots, say("layer_plots"));
    if (tracks !== null) this.boxes.addOverlay(tracks, say("tracks"));
    if (findings !== null) this.boxes.addOverlay(findings, say("findings"));
    const container = this.boxes.addTo(map).getContainer();
    const box = section("layers", "layers");
    return container ? append(box, container) : box;
  }
}
