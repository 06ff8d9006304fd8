/** The only places where text becomes part of the page: as textContent, never as mark-up. */
import { say } from "./language";
import type { Word } from "./words";

export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className = "",
  text?: string,
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

/** What a user typed: it keeps its own direction and cannot turn the text around it. */
export function userText(text: string): HTMLElement {
  const made = element("bdi", "", text);
  made.dir = "auto";
  return made;
}

export function append<Parent extends Node>(parent: Parent, ...children: readonly Node[]): Parent {
  for (const child of children) parent.appendChild(child);
  return parent;
}

export function clear<Parent extends Node>(parent: Parent): Parent {
  parent.textContent = "";
  return parent;
}

/** An element of body.html. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no element #${id}`);
  return found;
}

/** A sample of a colour for the legend; `kind` is a class of page.css. */
export function swatch(colour: string, kind = ""): HTMLElement {
  const made = element("span", kind ? `swatch ${kind}` : "swatch");
  if (colour) made.style.setProperty("--colour", colour);
  return made;
}

/** A value and what a person reads for it. */
export type Option = readonly [value: string, text: string];

export function choice(
  options: readonly Option[],
  value: string,
  onChange: (value: string) => void,
): HTMLSelectElement {
  const select = element("select");
  for (const [optionValue, text] of options) {
    const option = element("option", "", text);
    option.value = optionValue;
    select.appendChild(option);
  }
  select.value = value;
  select.addEventListener("change", () => {
    onChange(select.value);
  });
  return select;
}

export function field(label: string, control: HTMLElement): HTMLLabelElement {
  return append(element("label", "field"), element("span", "", label), control);
}

/** A box to tick. */
export function checkbox(checked: boolean, onChange: (checked: boolean) => void): HTMLInputElement {
  const box = element("input");
  box.type = "checkbox";
  box.checked = checked;
  box.addEventListener("change", () => {
    onChange(box.checked);
  });
  return box;
}

export const smallPrint = (text: string): HTMLParagraphElement => element("p", "small", text);

/** A section of the panel with its heading; `className` is a class of page.css. */
export function section(heading: Word, className: string): HTMLElement {
  return append(element("section", className), element("h3", "", say(heading)));
}
