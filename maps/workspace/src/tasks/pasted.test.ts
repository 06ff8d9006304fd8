import { expect, test } from "vitest";
import { pastedRows } from "./pasted";

test("a cell with line breaks is one cell, and its row one row", () => {
  expect(pastedRows('指标\t"西\n县"\r\n"国土""绿化"\t20\t\n"两\t5')).toEqual([
    ["指标", "西\n县"],
    ['国土"绿化', "20", ""],
    ['"两', "5"],
  ]);
});

test("nothing is one empty row", () => {
  expect(pastedRows("")).toEqual([[""]]);
});
