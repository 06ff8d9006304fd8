import { beforeEach, expect, test } from "vitest";
import type { DistrictsData, Theme } from "../data";
import { speak } from "../language";
import { Hierarchy } from "./hierarchy";
import { mostOverdue, ranked } from "./ranking";
import { valueOf } from "./themes";

const districts: DistrictsData = {
  code: ["2201", "220102", "220103", "500101"],
  name: ["长春市", "南关区", "宽城区", "万州区"],
  level: ["city", "county", "county", "county"],
  parent: ["22", "2201", "2201", "500000"],
  shape: { zoom: 8, subpixels: 4, count: 4, polygons: "AAAA", rings: "", points: "", xy: "" },
  label_x: "AAAA",
  label_y: "AAAA",
};
const hierarchy = new Hierarchy(districts, { "500000": "重庆市" });
const ratio: Theme = {
  id: "coverage",
  label: ["绿化覆盖率", "Green coverage"],
  unit: "ratio",
  values: [0.2, 0.1, 0.3, null],
  place: [0, 0, 0, -1],
  bands: {},
};
const overdue = { label: ["逾期", "overdue"] as const, colour: "#000", count: 1, strong: true };
const duty: Theme = {
  id: "state",
  label: ["履职状态", "Duty"],
  unit: "state",
  none: ["无规则", "no rule"],
  values: [0, 0, 17, 3],
  place: [0, -1, 0, 0],
  bands: { city: [overdue], county: [overdue] },
};

beforeEach(() => {
  speak("zh");
});

test("groups are what lies above a level, by name; one without a name by its code", () => {
  expect(hierarchy.groups("county")).toEqual([
    { code: "2201", name: "长春市" },
    { code: "500000", name: "重庆市" },
  ]);
  expect(hierarchy.groups("city")).toEqual([{ code: "22", name: "22" }]);
  expect(hierarchy.nameOf("constructor")).toBe("constructor");
});

test("members are those of a level under a group, or all", () => {
  expect(hierarchy.members("county", "2201")).toEqual([1, 2]);
  expect(hierarchy.members("county", "")).toEqual([1, 2, 3]);
});

test("the list begins with the highest figure and ends with those that have none", () => {
  expect(ranked(hierarchy, [3, 1, 2], ratio, "value")).toEqual([2, 1, 3]);
});

test("without a figure, and where names are asked for, the list is by name", () => {
  const byName = [1, 2, 3].sort(hierarchy.byName);
  expect(ranked(hierarchy, [3, 1, 2], ratio, "name")).toEqual(byName);
  expect(ranked(hierarchy, [3, 1, 2], undefined, "value")).toEqual(byName);
});

test("a figure is told as its unit wants it", () => {
  expect(valueOf(ratio, districts, 2)).toBe("30 %");
  expect(valueOf(ratio, districts, 3)).toBe("无数据");
  expect(valueOf(duty, districts, 1)).toBe("无规则");
  expect(valueOf(duty, districts, 2)).toBe("逾期，17 天");
});

test("the group with most zones overdue comes first; of equals the first", () => {
  expect(mostOverdue(hierarchy, "county", duty)?.code).toBe("2201");
  expect(mostOverdue(hierarchy, "county", ratio)?.code).toBe("2201");
  expect(mostOverdue(hierarchy, "village", duty)).toBeNull();
});
