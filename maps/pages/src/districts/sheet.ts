/** What is shown of a district or a zone. */
import type { DistrictsData, Theme } from "../data";
import { area, whole } from "../figures";
import { pick, say } from "../language";
import { item } from "../lists";
import { append } from "../dom";
import { caution, sheet } from "../sheets";
import type { Row } from "../sheets";
import { valueOf } from "./themes";

const AREAS = ["green_m2", "district_m2", "sum_m2", "overlap_m2", "refused_m2"] as const;

/** `parent` is the name of what lies above it, `onMap` whether it has a shape. */
export function districtSheet(
  data: DistrictsData,
  district: number,
  themes: readonly Theme[],
  parent: string,
  onMap: boolean,
): HTMLElement {
  const rows = [
    ...themes.map((theme): Row => [pick(theme.label), valueOf(theme, data, district)]),
    ...areaRows(data, district),
    ...(data.facts ?? []).map(({ label, values }): Row => [pick(label), item(values, district)]),
    ...countRow(data, district),
    [say("code"), item(data.code, district).replace(/^area:/, "")] as const,
    [say("parent"), parent] as const,
  ];
  const made = sheet(item(data.name, district), rows);
  if (data.complete?.[district] === false) append(made, caution(say("not_complete")));
  if (!onMap) append(made, caution(say("no_shape")));
  return made;
}

function areaRows(data: DistrictsData, district: number): Row[] {
  return AREAS.flatMap((id) => {
    const areas_m2 = data[id];
    return areas_m2 === undefined ? [] : [[say(id), area(item(areas_m2, district))] as const];
  });
}

function countRow(data: DistrictsData, district: number): Row[] {
  const count = data.plot_count?.[district] ?? null;
  return count === null ? [] : [[say("plot_count"), whole(count)]];
}
