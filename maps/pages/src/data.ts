/**
 * What Python hands over: the JSON block of the page. Names are those of the block (maps/*_block.py,
 * maps/composition.py, maps/patrol_map.py); texts called "packed" are unpacked by packing.ts.
 */

/** Words of both languages. */
export type Pair = readonly [zh: string, en: string];

/** Latitude and longitude in degrees, as Leaflet wants them. */
export type LatLon = [lat: number, lon: number];

/** Polygons in steps of 1 / subpixels of a pixel at the zoom. */
export interface PackedShapes {
  readonly zoom: number;
  readonly subpixels: number;
  /** How many features, those without a shape included. */
  readonly count: number;
  /** Packed: polygons of each feature, rings of each polygon, points of each ring. */
  readonly polygons: string;
  readonly rings: string;
  readonly points: string;
  /** Packed, signed: the step in x and in y from the point before. */
  readonly xy: string;
}

/** Lines in steps of 1 / subpixels of a pixel at the zoom. */
export interface PackedLines {
  readonly zoom: number;
  readonly subpixels: number;
  readonly count: number;
  /** Packed: parts of each line, points of each part. */
  readonly parts: string;
  readonly points: string;
  readonly xy: string;
}

/** A class of a figure, as the legend shows it. */
export interface Band {
  readonly label: Pair;
  readonly colour: string;
  /** How many districts are in it. */
  readonly count: number;
  /** Drawn with a thick dashed edge: overdue. */
  readonly strong?: boolean;
}

interface ThemeOfDistricts {
  readonly id: string;
  readonly label: Pair;
  /** For each district the place of its band among those of its level; below 0: no figure. */
  readonly place: readonly number[];
  /** By level. */
  readonly bands: Readonly<Record<string, readonly Band[]>>;
}

/** A ratio (0.125 is 12.5 %), or a difference of two ratios; null: no data. */
export interface FigureTheme extends ThemeOfDistricts {
  readonly unit: "ratio" | "points";
  readonly values: readonly (number | null)[];
}

/** The state of a zone's duty; the values are days overdue. */
export interface StateTheme extends ThemeOfDistricts {
  readonly unit: "state";
  readonly none: Pair;
  readonly values: readonly (number | null)[];
}

export type Theme = FigureTheme | StateTheme;

/** A row of a zone's sheet; an empty text: nothing is known. */
export interface Fact {
  readonly label: Pair;
  readonly values: readonly string[];
}

type Figures = readonly (number | null)[];

/** Districts, or zones of patrols; every list has an item for each of them. */
export interface DistrictsData {
  readonly code: readonly string[];
  readonly name: readonly string[];
  readonly level: readonly string[];
  /** Code of the district above; empty: none. */
  readonly parent: readonly string[];
  readonly shape: PackedShapes;
  /** Packed, signed: where the name stands, in whole pixels at the zoom of the shapes. */
  readonly label_x: string;
  readonly label_y: string;
  readonly district_m2?: Figures;
  readonly green_m2?: Figures;
  readonly sum_m2?: Figures;
  readonly overlap_m2?: Figures;
  readonly refused_m2?: Figures;
  readonly plot_count?: Figures;
  readonly complete?: readonly (boolean | null)[];
  readonly facts?: readonly Fact[];
}

interface PlotProperty {
  readonly id: string;
  readonly label: Pair;
}

export interface TextColumn extends PlotProperty {
  readonly kind: "text";
  readonly values: readonly string[];
}

export interface AreaColumn extends PlotProperty {
  readonly kind: "area";
  /** Packed: one more than the whole square metres; 0: not given. */
  readonly packed: string;
}

export interface ChoiceColumn extends PlotProperty {
  readonly kind: "choice";
  readonly codes: readonly string[];
  /** Words of each code. */
  readonly choices: readonly Pair[];
  /** Packed: one more than the place among the codes; 0: not given. */
  readonly packed: string;
}

export type Column = TextColumn | AreaColumn | ChoiceColumn;

interface PlotRows {
  readonly count: number;
  readonly columns: readonly Column[];
  /** Columns that plots can be coloured by, the first at the beginning; with the colour of each code. */
  readonly colour_by: readonly string[];
  readonly colours: Readonly<Record<string, readonly string[]>>;
  /** The colour of a plot without a value. */
  readonly plain: string;
  readonly filters: readonly string[];
}

/** Each plot with its shape. */
export interface PlotShapesData extends PlotRows {
  readonly shape: PackedShapes;
}

/** Too many plots for one file: counted in squares of the map. */
export interface PlotSquaresData extends PlotRows {
  readonly zoom: number;
  /** Packed: the middle of each square in pixels at the zoom, and how many plots are in it. */
  readonly x: string;
  readonly y: string;
  readonly plots: string;
}

export type PlotsData = PlotShapesData | PlotSquaresData;

export interface Labelled {
  readonly label: Pair;
  readonly colour: string;
}

/** Tracks, the earliest first; days count from `Days.first`, in Beijing. All texts are packed. */
export interface TracksData {
  readonly count: number;
  readonly line: PackedLines;
  /** One more than the place of the zone; 0: no zone. */
  readonly zone: string;
  readonly day: string;
  /** Minute of the day at which the track begins. */
  readonly minute: string;
  /** How many minutes it lasts; 0: not known. */
  readonly minutes: string;
  /** One more than the length in whole metres; 0: not known. */
  readonly metres: string;
  /** Places in `results` and `reasons`. */
  readonly result: string;
  readonly results: readonly Labelled[];
  readonly reason: string;
  readonly reasons: readonly Pair[];
  /** Colours of zones, where tracks are coloured by zone. */
  readonly colours: readonly string[];
  /** Place in `rangers`; both only in a map that names persons. */
  readonly ranger?: string;
  readonly rangers?: readonly string[];
}

/** Findings of patrols. */
export interface FindingsData {
  readonly count: number;
  readonly lon: readonly number[];
  readonly lat: readonly number[];
  /** Packed, as in `TracksData`. */
  readonly zone: string;
  readonly day: string;
  /** Days as ISO 8601; empty: not known. */
  readonly found: readonly string[];
  readonly deadline: readonly string[];
  /** Packed: 1 is past its deadline. */
  readonly overdue: string;
  /** Packed: places in `kinds` and `states`. */
  readonly kind: string;
  readonly kinds: readonly Pair[];
  readonly state: string;
  readonly states: readonly Labelled[];
  /** Only in a map that names persons. */
  readonly note?: readonly string[];
}

/** The days of the time slider. */
export interface DaysData {
  /** ISO 8601. */
  readonly first: string;
  readonly count: number;
}

/** What stands around the map; an empty text: nothing to say. Dates are ISO 8601. */
/** Text that is the same in both languages, or a side for each. */
export type Words = string | Pair;

export interface CaptionData {
  readonly title: Words;
  readonly source: string;
  readonly as_of: Words;
  readonly scope: Words;
  readonly vintage: string;
  readonly approval: string;
  readonly expires: string;
  readonly compared: Words;
  readonly invented: boolean;
  /** What a reader must know before any figure: plots that are not approved, or not drawn. */
  readonly marks: readonly Pair[];
  /** Address of the same map as a file; empty: this is the file. */
  readonly download: string;
  readonly period?: string;
}

export const PERIODS = ["before", "after", "month", "quarter", "half", "year"] as const;
export type PeriodLink = (typeof PERIODS)[number];

export interface LevelData {
  readonly id: string;
  readonly label: Pair;
}

/** The whole block. */
export interface PageData {
  readonly language: "zh" | "en";
  readonly about?: "patrol";
  readonly caption: CaptionData;
  /** The same map of other periods: the period and its address. */
  readonly links?: Readonly<
    Partial<Record<PeriodLink, readonly [period: string, address: string]>>
  >;
  /** The deepest zoom. */
  readonly zoom: number;
  /** South-west and north-east. */
  readonly bounds: [LatLon, LatLon];
  /** Half a pixel at the deepest zoom. */
  readonly precision_m: number;
  readonly notes: readonly Pair[];
  readonly districts: DistrictsData;
  /** The highest first. */
  readonly levels: readonly LevelData[];
  /** The level that is shown first. */
  readonly level: string;
  /** Names of what lies above the districts, by code. */
  readonly parents: Readonly<Record<string, string>>;
  readonly themes: readonly Theme[];
  readonly plots: PlotsData | null;
  /** Whether planned plots stand beside done ones. */
  readonly beside: boolean;
  readonly days?: DaysData;
  readonly tracks?: TracksData | null;
  readonly findings?: FindingsData | null;
}
