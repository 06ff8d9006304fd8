/** What hands do to the map: wheel, drag and keys work at once, whatever has the focus. */
import { noModifierKeys, platformModifierKey, targetNotEditable } from "ol/events/condition";
import { defaults } from "ol/interaction/defaults";
import KeyboardPan from "ol/interaction/KeyboardPan";
import KeyboardZoom from "ol/interaction/KeyboardZoom";
import type MapBrowserEvent from "ol/MapBrowserEvent";
import { flight } from "./motion";

/** Of a step of the zoom. */
export const ZOOM_MS = 250;
const KEY_MS = 100;

/** Whether a dialog lies over the page: then no key is meant for what is below it. */
export const isBehindDialog = (): boolean => document.querySelector("dialog:modal") !== null;

/** Whether keys pressed there are meant for the map: nothing else of the page has the focus. */
export const forMap = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  (target === document.body || target.closest(".map") !== null) &&
  !isBehindDialog();

const reaches = (event: MapBrowserEvent): boolean =>
  forMap((event.originalEvent as Event).target) && targetNotEditable(event);

/** The interactions of the map; its keyboard listens to the whole document. */
export function hands() {
  const duration = flight(KEY_MS);
  const others = defaults({ onFocusOnly: false, keyboard: false, zoomDuration: flight(ZOOM_MS) });
  return others.extend([
    new KeyboardPan({
      condition: (event) => reaches(event) && noModifierKeys(event),
      duration,
    }),
    new KeyboardZoom({
      condition: (event) => reaches(event) && !platformModifierKey(event),
      duration,
    }),
  ]);
}
