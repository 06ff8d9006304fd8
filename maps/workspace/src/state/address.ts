/** What the page shows, in its address: a link that is sent opens the same view. */
import { reactive, watch } from "vue";

export type Colouring = "stage" | "kind" | "year" | "review" | "coverage";

export type Filters = {
  district?: string;
  stage?: string;
  review?: string;
  kind?: string;
  year?: string;
  theme?: string;
  work_type?: string;
  unit?: string;
};

/** What is shown when nobody said anything. */
const blank = () => ({
  /** Middle of the view in degrees, and its zoom; null until somebody says. */
  place: null as { lon: number; lat: number; zoom: number } | null,
  plot: null as number | null,
  colouring: "stage" as Colouring,
  version: "working" as "working" | "approved",
  basemap: "none",
  /** Whether the zones of patrols are shown. */
  zones: false,
  /** Whether reporting areas are shown. */
  areas: false,
  /** Tab of the bottom drawer that is open. */
  drawer: null as "plots" | "coverage" | null,
  /** Page of the rail by its name; null: the first that the account sees. */
  page: null as string | null,
  /** Register (台账) and number of its record that are open. */
  register: null as string | null,
  record: null as number | null,
  /** A target whose figure is opened, and the moment that it is of; null is now. */
  figure: null as number | null,
  as_of: null as string | null,
  filters: {} as Filters,
});

export type Address = ReturnType<typeof blank>;

export const address: Address = reactive(blank());

/** How links named the panels before there was a rail. */
const PANELS: Record<string, string> = { work: "work", plot: "plots", layers: "layers" };

const FILTERS = [
  "district",
  "stage",
  "review",
  "kind",
  "year",
  "theme",
  "work_type",
  "unit",
] as const;
const COLOURINGS = ["stage", "kind", "year", "review", "coverage"];

/** The address' fragment for what is shown. */
export function written(shown: Address): string {
  const parts: Array<[string, string]> = [];
  if (shown.page !== null) parts.push(["page", shown.page]);
  if (shown.place) {
    const { zoom, lat, lon } = shown.place;
    parts.push(["map", `${zoom.toFixed(2)}/${lat.toFixed(6)}/${lon.toFixed(6)}`]);
  }
  if (shown.plot !== null) parts.push(["plot", String(shown.plot)]);
  if (shown.colouring !== "stage") parts.push(["colour", shown.colouring]);
  if (shown.version !== "working") parts.push(["version", shown.version]);
  if (shown.basemap !== "none") parts.push(["base", shown.basemap]);
  if (shown.zones) parts.push(["zones", "1"]);
  if (shown.areas) parts.push(["areas", "1"]);
  if (shown.drawer) parts.push(["table", shown.drawer]);
  if (shown.register !== null) parts.push(["register", shown.register]);
  if (shown.record !== null) parts.push(["record", String(shown.record)]);
  if (shown.figure !== null) parts.push(["figure", String(shown.figure)]);
  if (shown.as_of !== null) parts.push(["as_of", shown.as_of]);
  for (const name of FILTERS) {
    const value = shown.filters[name];
    if (value) parts.push([name, value]);
  }
  return parts
    .map(([name, value]) => `${name}=${encodeURIComponent(value).replace(/%2F/g, "/")}`)
    .join("&");
}

function number(text: string | undefined, least: number, most: number): number | null {
  const value = Number(text);
  return text !== undefined && text !== "" && value >= least && value <= most ? value : null;
}

/** Take over what a fragment says; what it does not say, or says wrongly, stays. */
export function read(fragment: string, shown: Address): void {
  const said = new URLSearchParams(fragment.replace(/^#/, ""));
  const [zoom, lat, lon] = (said.get("map") ?? "").split("/");
  const [z, y, x] = [number(zoom, 0, 24), number(lat, -90, 90), number(lon, -180, 180)];
  if (z !== null && y !== null && x !== null) shown.place = { zoom: z, lat: y, lon: x };
  const plot = number(said.get("plot") ?? undefined, 1, Number.MAX_SAFE_INTEGER);
  if (said.has("plot") && plot !== null) shown.plot = Math.trunc(plot);
  const colour = said.get("colour") ?? "";
  if (COLOURINGS.includes(colour)) shown.colouring = colour as Colouring;
  if (said.get("version") === "approved") shown.version = "approved";
  if (said.has("base")) shown.basemap = said.get("base") ?? "none";
  if (said.get("zones") === "1") shown.zones = true;
  if (said.get("areas") === "1") shown.areas = true;
  const figure = number(said.get("figure") ?? undefined, 1, Number.MAX_SAFE_INTEGER);
  if (figure !== null) {
    shown.figure = Math.trunc(figure);
    shown.as_of = said.get("as_of")?.slice(0, 40) ?? null;
  }
  const table = said.get("table");
  if (table === "plots" || table === "coverage") shown.drawer = table;
  const register = said.get("register") ?? "";
  if (/^[a-z][a-z0-9_]{0,31}$/.test(register)) shown.register = register;
  const record = number(said.get("record") ?? undefined, 1, Number.MAX_SAFE_INTEGER);
  if (record !== null) shown.record = Math.trunc(record);
  const page = said.get("page") || PANELS[said.get("panel") ?? ""];
  if (page) shown.page = page.slice(0, 32);
  // A link to a plot that names no page opens the plot's.
  else if (said.has("plot") && plot !== null) shown.page = "plots";
  for (const name of FILTERS) {
    const value = said.get(name);
    if (value) shown.filters[name] = value.slice(0, 64);
  }
}

/** Marks an entry of the history that says all that is shown. */
const WHOLE = { luotu: "whole" };
const isWhole = (state: unknown): boolean =>
  (state as Partial<typeof WHOLE> | null)?.luotu === WHOLE.luotu;

/** Keep address and page together from now on; Back and Forward go from page to page of the rail. */
export function followAddress(): void {
  /** The fragment that page and address last agreed on. */
  let agreed = "";
  const agree = (): void => {
    agreed = location.hash;
  };
  const replace = (fragment: string): void => {
    history.replaceState(WHOLE, "", `#${fragment}`);
    agree();
  };
  read(location.hash, address);
  // Where one began, too: Back may lead there before the map has told its place.
  history.replaceState(WHOLE, "");
  agree();
  window.addEventListener("hashchange", () => {
    // Back and Forward come upon a view that was left: what its fragment does not name was not shown.
    if (isWhole(history.state)) Object.assign(address, { ...blank(), place: address.place });
    read(location.hash, address);
    // A link to a plot that names no place leads to where the plot is.
    const named = new URLSearchParams(location.hash.slice(1));
    if (named.has("plot") && !named.has("map")) address.place = null;
    // A fragment that said only a part is completed, so that a reload shows the same.
    replace(written(address));
  });
  watch(
    () => [written(address), address.page] as const,
    ([fragment, page], before) => {
      // Somebody changed the fragment and its event is on the way: what it says comes first.
      if (location.hash !== agreed || `#${fragment}` === location.hash) return;
      if (page === before[1]) {
        replace(fragment);
        return;
      }
      history.pushState(WHOLE, "", `#${fragment}`);
      agree();
    },
  );
}
