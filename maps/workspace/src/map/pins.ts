/** Pins on the map: those of comments, and those that are being put. */
import { reactive, shallowReactive } from "vue";
import type { Position } from "../geometry/shapes";

export type Pin = { at: Position; text: string };

export const pins = shallowReactive({
  /** Of comments that are open. */
  said: [] as readonly Position[],
});

/** Pins that are being put: a click on the map adds one while `active`. */
export const putting = reactive({ active: false, pins: [] as Pin[] });

export const MOST_PINS = 20;

/** Put a pin; answers false where there are too many. */
export function putPin([lon, lat]: Position): boolean {
  if (putting.pins.length >= MOST_PINS) return false;
  putting.pins.push({ at: [Number(lon.toFixed(7)), Number(lat.toFixed(7))], text: "" });
  return true;
}

export function stopPutting(): void {
  putting.active = false;
  putting.pins = [];
}
