import { expect, it } from "vitest";
import type { Content } from "./content";
import { differences, settledBy } from "./settling";

const content = (name: string, note: string, side = 1): Content => ({
  geometry: {
    type: "MultiPolygon",
    coordinates: [
      [
        [
          [0, 0],
          [side, 0],
          [side, side],
          [0, 0],
        ],
      ],
    ],
  },
  properties: { stage: "planted", kind: "RGZL", year: 2026, name, note } as Content["properties"],
});
const base = content("a", "n");

it("what only one changed is proposed from that one", () => {
  const found = differences(base, content("b", "n"), content("a", "m", 2));
  expect(found.map((one) => [one.field, one.proposed, one.both])).toEqual([
    ["geometry", "theirs", false],
    ["name", "mine", false],
    ["note", "theirs", false],
  ]);
});
it("what both changed alike is no difference", () => {
  expect(differences(base, content("b", "n"), content("b", "n"))).toEqual([]);
});
it("what both changed is marked, and one's own proposed", () => {
  const [found] = differences(base, content("b", "n"), content("c", "n"));
  expect([found?.field, found?.both, found?.proposed]).toEqual(["name", true, "mine"]);
});
it("takes each part from the side that was chosen", () => {
  const after = settledBy(content("b", "x"), content("c", "m", 2), {
    name: "mine",
    geometry: "theirs",
  });
  expect([after.properties.name, after.properties.note]).toEqual(["b", "m"]);
  expect(after.geometry).toEqual(content("c", "m", 2).geometry);
});
