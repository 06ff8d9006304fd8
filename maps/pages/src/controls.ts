/** Scale, north arrow, zoom and full screen on the map. */
import { Control, control } from "leaflet";
import type { Map as LeafletMap } from "leaflet";
import type { FullScreenOptions } from "leaflet.fullscreen";
import { append, element } from "./dom";
import { say } from "./language";

class NorthArrow extends Control {
  readonly label = element("span");

  override onAdd(): HTMLElement {
    return append(element("div", "north"), this.label, element("b", "", "▲"));
  }
}

export class MapControls {
  private readonly north = new NorthArrow({ position: "topright" });
  private fullScreen: Control.FullScreen | null = null;

  constructor(private readonly map: LeafletMap) {
    control.scale({ imperial: false, maxWidth: 160 }).addTo(map);
    this.north.addTo(map);
  }

  /** Write everything anew in the language that is spoken. */
  write(): void {
    this.north.label.textContent = say("north");
    const zoom = this.map.zoomControl.getContainer();
    nameButton(zoom?.querySelector<HTMLElement>(".leaflet-control-zoom-in"), say("zoom_in_title"));
    nameButton(
      zoom?.querySelector<HTMLElement>(".leaflet-control-zoom-out"),
      say("zoom_out_title"),
    );
    this.writeFullScreen();
  }

  /** Its titles are fixed when it is made. */
  private writeFullScreen(): void {
    this.fullScreen?.remove();
    const options: FullScreenOptions = {
      forceSeparateButton: true,
      title: say("full_screen"),
      titleCancel: say("full_screen_exit"),
      fullscreenElement: document.documentElement,
    };
    this.fullScreen = new Control.FullScreen(options);
    this.map.addControl(this.fullScreen);
  }
}

function nameButton(button: HTMLElement | null | undefined, title: string): void {
  if (!button) return;
  button.title = title;
  button.setAttribute("aria-label", title);
}
