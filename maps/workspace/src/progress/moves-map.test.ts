import { expect, test } from "vitest";
import { type Move, placed } from "./moves-map";

const move = (what: string, at: [number, number] | null): Move =>
  ({ figure: "mapped", what, change: 1, plot_id: 1, plot_no: "1", at, plots: null, m2: 1 }) as Move;

test("moves of plots are put on the map by kind, others are not", () => {
  const rows = [
    move("entered", [125, 43]),
    move("entered", [125.1, 43]),
    move("border", [125.2, 43]),
    move("left", null),
    move("shared", null),
  ];
  const found = placed(rows);
  expect([...found.keys()]).toEqual(["entered", "border"]);
  expect(found.get("entered")).toHaveLength(2);
});
