/** The pattern of districts without a figure. */
const SVG = "http://www.w3.org/2000/svg";
const ID = "luotu-hatch";

/** A fill for shapes in a drawing that has the pattern. */
export const HATCHED = `url(#${ID})`;

type Attributes = Readonly<Record<string, string | number>>;

type SvgTag = "defs" | "pattern" | "rect";

function svgElement(tag: SvgTag, attributes: Attributes): SVGElement {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  return made;
}

/** Put the pattern into a drawing, once. */
export function addHatch(drawing: SVGElement): void {
  if (drawing.querySelector(`#${ID}`) !== null) return;
  const pattern = svgElement("pattern", {
    id: ID,
    width: 7,
    height: 7,
    patternUnits: "userSpaceOnUse",
    patternTransform: "rotate(45)",
  });
  pattern.appendChild(svgElement("rect", { width: 7, height: 7, fill: "#ffffff" }));
  pattern.appendChild(svgElement("rect", { width: 2, height: 7, fill: "#8a949c" }));
  const definitions = svgElement("defs", {});
  definitions.appendChild(pattern);
  drawing.insertBefore(definitions, drawing.firstChild);
}
