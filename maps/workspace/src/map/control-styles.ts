/** How layers of the bureau look: hard masks are hatched red, others are tinted by their role. */
import Fill from "ol/style/Fill";
import Stroke from "ol/style/Stroke";
import Style from "ol/style/Style";
import { faint } from "./styles";

export const ROLE_COLOUR: Record<string, string> = {
  block: "#c62828",
  warn: "#b25d00",
  info: "#1565c0",
  report: "#5e35b1",
  base: "#616161",
};

const HATCH_PX = 10;
const made = new Map<string, Style>();

/** Lines from corner to corner of a small square, which a fill repeats. */
function hatched(colour: string): CanvasPattern | string {
  const square = document.createElement("canvas");
  square.width = square.height = HATCH_PX;
  const pen = square.getContext("2d");
  if (pen === null) return faint(colour, 0.3);
  pen.strokeStyle = colour;
  pen.lineWidth = 2;
  // Past the corners, so that the lines of neighbouring squares meet.
  for (const shift of [-HATCH_PX, 0, HATCH_PX]) {
    pen.moveTo(shift, HATCH_PX);
    pen.lineTo(shift + HATCH_PX, 0);
  }
  pen.stroke();
  return pen.createPattern(square, "repeat") ?? faint(colour, 0.3);
}

export function controlStyle(role: string): Style {
  let style = made.get(role);
  if (style === undefined) {
    const colour = ROLE_COLOUR[role] ?? "#616161";
    style = new Style({
      fill: new Fill({ color: role === "block" ? hatched(colour) : faint(colour, 0.25) }),
      stroke: new Stroke({ color: colour, width: role === "block" ? 2 : 1.5 }),
    });
    made.set(role, style);
  }
  return style;
}
