/** The districts by their figure or by name; a click opens one. */
import { ranked } from "../districts/ranking";
import type { Order } from "../districts/ranking";
import { valueOf } from "../districts/themes";
import { append, choice, element, section, smallPrint, userText } from "../dom";
import { say } from "../language";
import { item } from "../lists";
import type { Page } from "../page";

const MAX_ROWS = 300;

export function list(page: Page, order: Order, reorder: (order: Order) => void): HTMLElement {
  const { theme, hierarchy, level, group } = page;
  const districts = ranked(hierarchy, hierarchy.members(level, group), theme, order);
  const box = section(theme === undefined ? "layer_districts" : "list", "list");
  if (theme !== undefined) append(box, orderChoice(order, reorder));
  const rows = districts.slice(0, MAX_ROWS).map((district) => listRow(page, district));
  append(box, append(element("ol"), ...rows));
  return districts.length > MAX_ROWS ? append(box, smallPrint(say("list_cut", MAX_ROWS))) : box;
}

function orderChoice(order: Order, reorder: (order: Order) => void): HTMLElement {
  const options = [
    ["value", say("by_value")],
    ["name", say("by_name")],
  ] as const;
  return choice(options, order, (value) => {
    reorder(value === "name" ? "name" : "value");
  });
}

function listRow({ data, theme, opener }: Page, district: number): HTMLLIElement {
  const button = append(element("button", "row"), userText(item(data.districts.name, district)));
  if (theme !== undefined) {
    append(button, element("span", "value", valueOf(theme, data.districts, district)));
  }
  button.addEventListener("click", () => {
    opener.openDistrict(district);
  });
  return append(element("li"), button);
}
