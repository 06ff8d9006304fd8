/** The field that finds districts and plots. */
import { append, clear, element, userText } from "../dom";
import { say } from "../language";
import type { Page } from "../page";
import { MAX_HITS, search } from "../search";

export function searchBox(page: Page): HTMLElement {
  const input = element("input");
  const hits = element("ul", "found");
  input.type = "search";
  input.placeholder = say("search");
  input.setAttribute("aria-label", say("search"));
  input.addEventListener("input", () => {
    showHits(page, input.value, clear(hits));
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") hits.querySelector("button")?.click();
  });
  return append(element("section", "search"), input, hits);
}

function showHits(page: Page, text: string, list: HTMLUListElement): void {
  const hits = search(page, text);
  for (const { name, what, open } of hits.slice(0, MAX_HITS)) {
    const button = append(element("button", "hit"), userText(name), element("small", "", what));
    button.addEventListener("click", open);
    append(list, append(element("li"), button));
  }
  if (text.trim() && hits.length === 0) append(list, element("li", "none", say("search_none")));
  if (hits.length > MAX_HITS) append(list, element("li", "none", say("search_more", MAX_HITS)));
}
