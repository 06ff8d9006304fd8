/** Lines of the legend. */
import { append, checkbox, element, userText } from "../dom";
import { whole } from "../figures";

const bracketed = (count: number): HTMLElement => element("small", "", `(${whole(count)})`);

/** A sample and what it means; `count`: how many there are of it, null: nobody needs to know. */
export function key(swatch: HTMLElement, text: string, count: number | null): HTMLElement {
  const line = append(element("div", "key"), swatch, userText(text));
  return count === null ? line : append(line, bracketed(count));
}

/** The same with a box to tick; `changed` is told whether it is ticked. */
export function tickKey(
  swatch: HTMLElement,
  text: string,
  count: number,
  ticked: boolean,
  changed: (ticked: boolean) => void,
): HTMLElement {
  const label = append(element("label", "key"), checkbox(ticked, changed), swatch);
  return append(label, userText(text), bracketed(count));
}
