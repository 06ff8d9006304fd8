/** Keys that work on every page: a digit (or a letter) opens a page of the rail, `/` leads to the search, `?` shows all shortcuts. */
import { ref } from "vue";
import { isBehindDialog } from "../map/hands";
import { openPage, visiblePages } from "./pages";
import { wholeWindow } from "./whole-window";

export const showsShortcuts = ref(false);

/** Whether a key is meant for what is being typed, or for a dialog. */
export const typing = (event: KeyboardEvent): boolean =>
  event.target instanceof Element &&
  event.target.closest("input, textarea, select, [contenteditable], dialog, [role=dialog]") !==
    null;

function pressed(event: KeyboardEvent): void {
  // Out of the filters of the big view as well; what is open in it has taken its Esc before.
  if (event.key === "Escape" && !isBehindDialog()) wholeWindow.value = false;
  if (isBehindDialog() || typing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
  const key = event.key.toUpperCase();
  const page = visiblePages.value.find(({ shortcut }) => shortcut === key);
  if (page) openPage(page.name);
  else if (event.key === "?") showsShortcuts.value = true;
  else if (event.key === "/") {
    wholeWindow.value = false;
    document.querySelector<HTMLInputElement>("#search")?.select();
  } else return;
  event.preventDefault();
}

/** Listen to keys from now on. */
export function followKeys(): void {
  window.addEventListener("keydown", pressed);
}
