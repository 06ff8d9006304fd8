/** Called by the script that folium writes into the page, once its map stands. */
import type { Map as LeafletMap } from "leaflet";
import type { PageData } from "./data";
import { byId } from "./dom";
import { speak, speakOfPatrols } from "./language";
import { boundsOf } from "./ground";
import { Page } from "./page";
import "./page.css";

declare global {
  interface Window {
    luotu: { start: typeof start; boundsOf: typeof boundsOf; page?: Page };
  }
}

/** The language that the address asks for: whoever leads here may name it, #en or #zh. */
function languageOfAddress(): "zh" | "en" | null {
  if (location.hash === "#zh") return "zh";
  return location.hash === "#en" ? "en" : null;
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
