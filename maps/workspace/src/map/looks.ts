/** How plots and districts look: by the colouring that is chosen, and by what is chosen among them. */
import type { FeatureLike } from "ol/Feature";
import { content } from "../edits/edits";
import { codes } from "../state/codes";
import type { Colouring } from "../state/address";
import { thisYear } from "../words/moments";
import { type Band, plotColour, rateColour } from "./colours";
import type { Ground } from "./ground";
import { NAMES_MS, NamesOnce } from "./names-once";
import { BEYOND, BORDER, chosenStyle, districtStyle, MASK, plotStyle, squareStyle } from "./styles";

const NAMES_ONCE_TO = 11.5;
/** The vertices of a plot of more are not marked. */
const VERTICES_AT_MOST = 3_000;

/** A plot whose review is not told is a sketch of one's own: it is drawn as it always was. */
function lookOf(one: FeatureLike): "plain" | "unreviewed" {
  return ["draft", "submitted", "returned"].includes(String(one.get("review")))
    ? "unreviewed"
    : "plain";
}

export class Looks {
  colouring: Colouring = "stage";
  /** Coverage by district, and the bands of its colours. */
  rates = new Map<string, number | null>();
  bands: readonly Band[] = [];
  /** The chosen plot: its key, and its number when the service has it. */
  selected: string | null = null;
  selectedId: number | null = null;
  /** The plot of which two versions are compared: it is not drawn. */
  swiped: number | null = null;
  /** Whether the vertices of the chosen plot can be taken hold of. */
  changing = false;
  private readonly names: NamesOnce;
  private moving: ReturnType<typeof setTimeout> | undefined;

  /** `again` draws the districts anew, when a name has moved to another tile. */
  constructor(
    private readonly ground: Ground,
    private readonly zoom: () => number,
    again: () => void,
  ) {
    this.names = new NamesOnce(() => {
      clearTimeout(this.moving);
      this.moving = setTimeout(again, NAMES_MS);
    });
  }

  /** Of a plot, or of a square of many, in a tile. */
  plot(one: FeatureLike) {
    if (one.get("layer") === "plot_squares") {
      return this.colouring === "coverage" ? undefined : squareStyle(Number(one.get("count")));
    }
    const id = Number(one.getId() ?? one.get("id"));
    if (this.ground.hides(id) || id === this.swiped) return undefined;
    const how = this.colouring === "coverage" ? "faded" : lookOf(one);
    const style = plotStyle(this.colourOf(one), how);
    return id === this.selectedId ? [style, ...chosenStyle(false).slice(1)] : style;
  }

  /** Of a plot that can be drawn upon, or of what it snaps to. */
  onGround(one: FeatureLike) {
    const of: unknown = one.get("of");
    if (of === "district") return BORDER;
    if (of === "plot") return BEYOND;
    if (of === "layer") return MASK;
    const key = String(one.getId());
    const style = plotStyle(this.colourOf(one), one.get("changed") ? "changed" : lookOf(one));
    if (key !== this.selected) return style;
    const vertices =
      this.changing && (content(key)?.geometry.coordinates.flat(2).length ?? 0) < VERTICES_AT_MOST;
    return [style, ...chosenStyle(vertices)];
  }

  district(one: FeatureLike, resolution: number) {
    const code = String(one.get("code") ?? one.getId());
    const shaded =
      this.colouring === "coverage" ? rateColour(this.rates.get(code), this.bands) : null;
    const zoom = this.zoom();
    // From near a district fills the view, and its name may stand in every tile.
    const named = zoom > NAMES_ONCE_TO || this.names.of(one, code, resolution);
    return districtStyle(
      named && zoom > 7 && zoom < 15 ? String(one.get("name") ?? "") : "",
      shaded,
      String(one.get("level")),
    );
  }

  private colourOf(one: FeatureLike): string {
    const kinds = this.colouring === "kind" ? codes("kind").map((kind) => kind.code) : [];
    const plot: Parameters<typeof plotColour>[0] = {
      stage: one.get("stage"),
      kind: one.get("kind"),
      year: one.get("year"),
      review: one.get("review"),
    };
    return plotColour(plot, this.colouring, kinds, thisYear());
  }
}
