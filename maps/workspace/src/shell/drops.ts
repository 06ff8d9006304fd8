/** A file that is dropped anywhere on the page goes to the page that takes files: the browser would leave for it. */
import { shallowRef } from "vue";
import { isBehindDialog } from "../map/hands";
import { tell } from "../state/notices";
import { session } from "../state/session";
import { t } from "../words";
import { openPage, visiblePages } from "./pages";

/** What was dropped and nobody has taken yet. */
export const dropped = shallowRef<File | null>(null);

const bringsFiles = (event: DragEvent): boolean =>
  event.dataTransfer?.types.includes("Files") === true;

/** A field for files takes what is dropped on it by itself. */
const isForField = ({ target }: DragEvent): boolean =>
  target instanceof Element && target.closest("input[type=file]") !== null;

function over(event: DragEvent): void {
  if (bringsFiles(event) && !isForField(event)) event.preventDefault();
}

function drop(event: DragEvent): void {
  if (!bringsFiles(event) || event.defaultPrevented || isForField(event)) return;
  event.preventDefault();
  const file = event.dataTransfer?.files[0];
  if (file === undefined || session.state !== "in" || isBehindDialog()) return;
  const page = visiblePages.value.find(({ takesFiles }) => takesFiles);
  if (page === undefined) {
    tell(t("shell.no_files"), "bad");
    return;
  }
  dropped.value = file;
  openPage(page.name);
}

/** Listen to files that are dropped from now on. */
export function followDrops(): void {
  window.addEventListener("dragover", over);
  window.addEventListener("drop", drop);
}
