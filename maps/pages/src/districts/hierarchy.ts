/** Which districts belong to which level and to what lies above them. */
import type { DistrictsData } from "../data";
import { item, own, places } from "../lists";

/** A district above those that are shown. */
export interface Group {
  readonly code: string;
  readonly name: string;
}

export class Hierarchy {
  /** `parents`: names of what lies above all districts of the page, by code. */
  constructor(
    readonly data: DistrictsData,
    private readonly parents: Readonly<Record<string, string>>,
  ) {}

  /** Places of the districts of a level. */
  ofLevel(level: string): number[] {
    return places(this.data.level, (itsLevel) => itsLevel === level);
  }

  /** The name of a district; its code where the name is not known. */
  nameOf(code: string): string {
    const place = this.data.code.indexOf(code);
    if (place >= 0) return item(this.data.name, place);
    return own(this.parents, code) ?? code;
  }

  /** What lies above the districts of a level, each once. */
  groups(level: string): Group[] {
    const codes = this.ofLevel(level).map((place) => item(this.data.parent, place));
    return [...new Set(codes)]
      .filter((code) => code !== "")
      .map((code) => ({ code, name: this.nameOf(code) }));
  }

  /** Districts of a level under a group; without a group all of the level. */
  members(level: string, group: string): number[] {
    return this.ofLevel(level).filter(
      (place) => group === "" || item(this.data.parent, place) === group,
    );
  }

  byName = (a: number, b: number): number =>
    item(this.data.name, a).localeCompare(item(this.data.name, b), "zh-CN");
}
