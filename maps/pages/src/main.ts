/** Called by the script that folium writes into the page, once its map stands. */
import type { Map as LeafletMap } from "leaflet";
import type { PageData } from "./data";
import { byId } from "./dom";
import { languageOfAddress, speak, speakOfPatrols } from "./language";
import { boundsOf } from "./ground";
import { Page } from "./page";
import "./page.css";

declare global {
  interface Window {
    luotu: { start: typeof start; boundsOf: typeof boundsOf; page?: Page };
  }
}

function start(map: LeafletMap): void {
  const data = JSON.parse(byId("luotu-data").textContent) as PageData;
  speak(languageOfAddress() ?? data.language);
  if (data.about === "patrol") speakOfPatrols();
  const page = new Page(map, data);
  window.luotu.page = page;
  page.open();
}

window.luotu = { start, boundsOf };
