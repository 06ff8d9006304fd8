/** The tool in hand, and what it says of the drawing. */
import { reactive } from "vue";
import type { Checked } from "../api/client";
import { afterRename } from "../edits/edits";
import type { Position } from "../geometry/shapes";
import type { Size } from "../geometry/measure";

export type Tool =
  | "look"
  | "plot"
  | "hole"
  | "part"
  | "change"
  | "split"
  | "merge"
  | "belt"
  | "length"
  | "area";

export const tools = reactive({
  tool: "look" as Tool,
  snap: true,
  trace: true,
  /** Vertices that neighbours share move together. */
  together: true,
  /** Keys of the plots that are to become one. */
  chosen: [] as string[],
  /** Whether the view holds plots that can be drawn upon. */
  ground: "none" as "none" | "loading" | "there" | "too_far" | "too_many",
  /** While something is being drawn. */
  sketching: false,
});

afterRename.add((from, to) => {
  tools.chosen = tools.chosen.map((key) => (key === from ? to : key));
});

/** The line that is to become a belt, and how wide the last one was. */
export const belt = reactive({ line: null as Position[] | null, width_m: 20 });

/** Of what is being drawn, or of the plot that is looked at. */
export const live = reactive({
  size: null as Size | null,
  /** Outlines run through each other: the area of `size` is none. */
  crossing: false,
  length_m: null as number | null,
  /** Length of the edge that is being drawn. */
  edge_m: null as number | null,
  checked: null as Checked | null,
  /** Key of the plot that the verdicts are about; null: of a sketch that is no plot yet. */
  about: null as string | null,
  /** Whether its stage counts as green ground. */
  counts: true,
  checking: false,
  /** Nobody could be asked: the verdicts are not of this shape. */
  away: false,
});

/** Tools that need the real plots of the view. */
export const onGround = (tool: Tool): boolean =>
  tool !== "look" && tool !== "length" && tool !== "area";
