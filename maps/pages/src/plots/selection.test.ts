import { expect, test } from "vitest";
import type { ChoiceColumn, Column } from "../data";
import { speak } from "../language";
import { Selection, countChoices, plannedAndDone } from "./selection";
import { PlotTable } from "./table";

// The letters of small packed numbers are A = 0, B = 1, C = 2 …; one hectare needs three.
const HECTARE = "x4J"; // 10 001: one more than its square metres

const stage: ChoiceColumn = {
  id: "stage",
  label: ["阶段", "Stage"],
  kind: "choice",
  codes: ["planned", "planted", "accepted", "existing"],
  choices: [
    ["计划", "planned"],
    ["已造林", "planted"],
    ["验收合格", "accepted"],
    ["现有", "existing"],
  ],
  packed: "BCDE" + "B",
};
const year: ChoiceColumn = {
  id: "year",
  label: ["任务年度", "Task year"],
  kind: "choice",
  codes: ["2025", "2026"],
  choices: [
    ["2025", "2025"],
    ["2026", "2026"],
  ],
  packed: "BBBB" + "A",
};
const review: ChoiceColumn = {
  id: "review",
  label: ["审核", "Review"],
  kind: "choice",
  codes: ["approved", "submitted"],
  choices: [
    ["已通过", "approved"],
    ["待审核", "submitted"],
  ],
  packed: "BCBB" + "B",
};
const areas: Column = {
  id: "area_m2",
  label: ["面积", "Area"],
  kind: "area",
  packed: HECTARE.repeat(4) + "A",
};
const names: Column = {
  id: "name",
  label: ["名称", "Name"],
  kind: "text",
  values: ["甲", "", "丙", "丁", "戊"],
};
const rows = [0, 1, 2, 3, 4];

const table = new PlotTable([names, stage, year, areas]);

test("a table tells what a person reads, and nothing where nothing is given", () => {
  speak("zh");
  expect(table.text(stage, 1)).toBe("已造林");
  expect(table.text(areas, 0)).toBe("15 亩（1 公顷）");
  expect(table.text(areas, 4)).toBe("");
  expect(table.named("year", 4)).toBe("");
  expect(table.named("no such column", 0)).toBe("");
  expect(rows.map((row) => table.area_m2(row))).toEqual([10_000, 10_000, 10_000, 10_000, 0]);
});

test("choices are counted in their order; what is not given comes last", () => {
  speak("en");
  const plots = Float64Array.of(1, 1, 1, 1, 7);
  expect(countChoices(table, year, plots)).toEqual([
    { place: 1, text: "2025", plots: 4 },
    { place: 2, text: "2026", plots: 0 },
    { place: 0, text: "not given", plots: 7 },
  ]);
});

test("a row is shown when it passes every filter and is ticked in the legend", () => {
  const selection = new Selection(table);
  const shown = (): number[] => rows.filter((row) => selection.isShown(row));
  expect(shown()).toEqual(rows);
  selection.filter("year", 1);
  expect(shown()).toEqual([0, 1, 2, 3]);
  selection.hide("stage", 1, true);
  expect(shown()).toEqual([1, 2, 3]);
  expect(rows.filter((row) => selection.passes(row))).toEqual([0, 1, 2, 3]);
  selection.showAll();
  selection.filter("year", null);
  expect(shown()).toEqual(rows);
});

test("what is not given can be filtered for too", () => {
  const selection = new Selection(table);
  selection.filter("year", 0);
  expect(rows.filter((row) => selection.isShown(row))).toEqual([4]);
});

test("planned stands beside done, and what exists is neither", () => {
  const choices = [
    { place: 1, text: "2025" },
    { place: 2, text: "2026" },
  ];
  expect(plannedAndDone(table, "year", choices, rows)).toEqual([
    {
      place: 1,
      text: "2025",
      planned_m2: 10_000,
      done_m2: 20_000,
      planned_unreviewed_m2: 0,
      done_unreviewed_m2: 0,
    },
  ]);
});

test("plots that are not approved are added up apart", () => {
  const reviewed = new PlotTable([stage, year, areas, review]);
  const [sums] = plannedAndDone(reviewed, "year", [{ place: 1, text: "2025" }], rows);
  expect(sums).toMatchObject({ planned_m2: 10_000, done_m2: 10_000, done_unreviewed_m2: 10_000 });
});
