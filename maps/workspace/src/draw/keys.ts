/** The keyboard of the map: every tool has a letter. */
import { ref } from "vue";
import { isChanged, redo, undo } from "../edits/edits";
import { saveAll } from "../edits/save";
import { tell } from "../state/notices";
import { selected } from "../state/selection";
import { holds } from "../state/session";
import { forMap, isBehindDialog } from "../map/hands";
import { typing } from "../shell/keys";
import { showsMap } from "../shell/pages";
import { side } from "../shell/side";
import { t } from "../words";
import { mayChange, merge, saveSelected, takeAway } from "./actions";
import type { Drawing } from "./drawing";
import { onGround, type Tool, tools } from "./tools";

export const pasting = ref(false);

export const LETTERS: Partial<Record<Tool, string>> = {
  look: "V",
  plot: "D",
  change: "E",
  hole: "H",
  part: "A",
  split: "X",
  merge: "M",
  belt: "B",
  length: "L",
  area: "K",
};
const BY_LETTER = new Map(
  Object.entries(LETTERS).map(([tool, letter]) => [letter.toLowerCase(), tool as Tool]),
);
export const NEEDS_PLOT: readonly Tool[] = ["change", "hole", "part", "split"];

/** Take a tool in hand, where that is possible. */
export function takeTool(tool: Tool): void {
  if (NEEDS_PLOT.includes(tool)) {
    if (selected.value === null) {
      tell(t("draw.choose_first"));
      return;
    }
    if (!mayChange(selected.value)) {
      tell(t("draw.not_yours"));
      return;
    }
  }
  if ((tool === "plot" || tool === "merge" || tool === "belt") && !holds("planner")) {
    tell(t("draw.not_yours"));
    return;
  }
  tools.tool = tools.tool === tool ? "look" : tool;
  // Panel and map do not both fit at 200 %: whoever draws has the map.
  if (side.tiny) side.open = !onGround(tools.tool);
}

/** Listen to keys from now on; answers how to stop. */
export function followKeys(drawing: Drawing): () => void {
  const pressed = (event: KeyboardEvent): void => {
    if (isBehindDialog()) return;
    const command = event.ctrlKey || event.metaKey;
    // Saving is meant wherever the hands are: the browser would save its page instead.
    const saves = command && event.key.toLowerCase() === "s";
    if (!saves && (typing(event) || !showsMap.value)) return;
    if (command ? withControl(event) : plainKey(event, drawing)) event.preventDefault();
  };
  window.addEventListener("keydown", pressed);
  return () => window.removeEventListener("keydown", pressed);
}

/** Save the plot that is looked at; where nothing of it is to be saved, all that is not saved. */
function saveChanged(): void {
  if (selected.value !== null && isChanged(selected.value)) void saveSelected();
  else void saveAll();
}

function withControl(event: KeyboardEvent): boolean {
  const key = event.key.toLowerCase();
  if (key === "z" && !event.shiftKey) undo();
  else if (key === "y" || (key === "z" && event.shiftKey)) redo();
  else if (key === "s") saveChanged();
  else if (key === "v" && holds("planner")) pasting.value = true;
  else return false;
  return true;
}

function plainKey(event: KeyboardEvent, drawing: Drawing): boolean {
  const key = event.key;
  if (key === "Escape") {
    if (!drawing.cancel()) tools.tool = "look";
  } else if (key === "Enter") return enter(drawing, event);
  else if (key === "Backspace") return drawing.backOne() || drawing.removeVertex();
  else if (key === "Delete") return remove(event, drawing);
  else if (key === " " && forMap(event.target)) drawing.putInTheMiddle();
  else return letter(key.toLowerCase());
  return true;
}

function enter(drawing: Drawing, event: KeyboardEvent): boolean {
  if (tools.tool === "merge" && tools.chosen.length > 1) {
    void merge([...tools.chosen]);
    tools.tool = "look";
    return true;
  }
  if (event.target instanceof HTMLButtonElement) return false;
  return drawing.finish();
}

function remove(event: KeyboardEvent, drawing: Drawing): boolean {
  if (tools.tool === "change" && !event.shiftKey && drawing.removeVertex()) return true;
  if (!event.shiftKey || selected.value === null || !mayChange(selected.value)) return false;
  takeAway(selected.value);
  return true;
}

function letter(key: string): boolean {
  const tool = BY_LETTER.get(key);
  if (tool !== undefined) takeTool(tool);
  else if (key === "s") tools.snap = !tools.snap;
  else if (key === "t") tools.trace = !tools.trace;
  else if (key === "g") tools.together = !tools.together;
  else return false;
  return true;
}
