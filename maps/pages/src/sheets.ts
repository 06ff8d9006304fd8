/** Parts of what is shown when somebody clicks a thing. */
import type { LatLng } from "leaflet";
import { append, element, userText } from "./dom";

/** Who opens a sheet on the map. */
export interface SheetOpener {
  openSheet(place: LatLng, sheet: HTMLElement): void;
}

/** A label and its value; nothing is shown for an empty value. */
export type Row = readonly [label: string, value: string];

export function sheet(title: string, rows: readonly Row[]): HTMLElement {
  const made = element("div", "sheet");
  return append(made, append(element("h2"), userText(title)), table(rows));
}

function table(rows: readonly Row[]): HTMLTableElement {
  const made = element("table");
  for (const [label, value] of rows) {
    if (value === "") continue;
    const cells = [element("th", "", label), append(element("td"), userText(value))];
    append(made, append(element("tr"), ...cells));
  }
  return made;
}

export const caution = (text: string): HTMLElement => element("p", "caution", text);

/** What stands beside the pointer: a name and its figure. */
export function tip(name: string, value: string | null): HTMLElement {
  const made = append(element("div", "tip"), userText(name));
  return value === null ? made : append(made, element("span", "value", value));
}
