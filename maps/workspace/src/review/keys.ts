/** The keyboard of the desk: it comes before the map's, whose letters are of drawing. */
import { isBehindDialog } from "../map/hands";
import { typing } from "../shell/keys";

/** Listen to letters (and `Escape`) from now on; answers how to stop. */
export function followKeys(acts: Record<string, () => unknown>): () => void {
  const pressed = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isBehindDialog()) return;
    if (typing(event) && event.key !== "Escape") return;
    const act = acts[event.key.toLowerCase()];
    if (act === undefined || act() === false) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  window.addEventListener("keydown", pressed, { capture: true });
  return () => window.removeEventListener("keydown", pressed, { capture: true });
}
