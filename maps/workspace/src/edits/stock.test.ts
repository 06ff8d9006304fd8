import { describe, expect, it } from "vitest";
import type { Plot } from "../api/client";
import { type Content, contentOf, isStored } from "./content";
import { done, EMPTY } from "./log";
import { type Anchor, canonical, newKey, type Stock, united } from "./stock";

function plot(id: number, version: number, name: string): Plot {
  return {
    type: "Feature",
    id,
    geometry: {
      type: "MultiPolygon",
      coordinates: [
        [
          [
            [125, 43],
            [125.1, 43],
            [125.1, 43.1],
            [125, 43],
          ],
        ],
      ],
    },
    properties: { stage: "planted", kind: "RGZL", year: 2026, plot_no: "7", name, version },
  } as unknown as Plot;
}

function anchorOf(one: Plot): Anchor {
  return { plot: one, content: contentOf(one), gone: false };
}

const named = (name: string): Content => contentOf(plot(12, 1, name));
const NOTHING: Stock = { log: EMPTY, anchors: [], contents: [], sent: [] };

const saved: Stock = {
  log: done(EMPTY, {
    label: "draw.step.plot",
    changes: [{ key: "n1", before: null, after: named("a") }],
  }),
  anchors: [["n1", anchorOf(plot(12, 1, "a"))]],
  contents: [["n1", named("a")]],
  sent: [],
};

describe("a plot that was drawn here and saved", () => {
  it("is kept under the key of its number, its steps too", () => {
    const stock = canonical(saved);
    expect(stock.anchors.map(([key]) => key)).toEqual(["p12"]);
    expect(stock.contents.map(([key]) => key)).toEqual(["p12"]);
    expect(stock.log.steps[0]?.changes[0]?.key).toBe("p12");
  });

  it("is one with the plot that was opened before the drafts were found", () => {
    const here: Stock = { ...NOTHING, anchors: [["p12", anchorOf(plot(12, 1, "a"))]] };
    for (const left of [saved, canonical(saved)]) {
      const { now, rest } = united(here, left);
      expect(now.anchors.map(([key]) => key)).toEqual(["p12"]);
      expect(now.contents).toEqual([]);
      expect(now.log.steps[0]?.changes[0]?.key).toBe("p12");
      expect(rest).toBeNull();
    }
  });

  it("is what somebody else made of it since, and no change of one's own", () => {
    const here: Stock = { ...NOTHING, anchors: [["p12", anchorOf(plot(12, 2, "theirs"))]] };
    const { now } = united(here, saved);
    expect(now.anchors[0]?.[1].plot.properties.version).toBe(2);
    expect(now.contents).toEqual([]);
  });
});

describe("a change that was not saved", () => {
  const left: Stock = { ...canonical(saved), contents: [["p12", named("mine")]] };

  it("keeps the version that it was made on, so that the other's is noticed", () => {
    const here: Stock = { ...NOTHING, anchors: [["p12", anchorOf(plot(12, 2, "theirs"))]] };
    const { now } = united(here, left);
    expect(now.anchors[0]?.[1].plot.properties.version).toBe(1);
    expect(now.contents).toEqual([["p12", named("mine")]]);
  });

  it("is based on the newer version where only the review moved on", () => {
    const here: Stock = { ...NOTHING, anchors: [["p12", anchorOf(plot(12, 2, "a"))]] };
    expect(united(here, left).now.anchors[0]?.[1].plot.properties.version).toBe(2);
  });

  it("waits where the same plot is changed otherwise in this tab", () => {
    const here: Stock = {
      ...NOTHING,
      anchors: [["n9", anchorOf(plot(12, 1, "a"))]],
      contents: [["n9", named("here")]],
    };
    const { now, rest } = united(here, left);
    expect(now.contents).toEqual([["n9", named("here")]]);
    expect(rest?.contents).toEqual([["p12", named("mine")]]);
    expect(rest?.anchors.map(([key]) => key)).toEqual(["p12"]);
  });

  it("says still what was sent of it and never answered", () => {
    const sent: Stock["sent"] = [["n1", { content: named("a"), codes: ["overlap"] }]];
    const open: Stock = { ...NOTHING, contents: [["n1", named("b")]], sent };
    expect(united(NOTHING, open).now.sent).toEqual(sent);
  });
});

describe("what was sent", () => {
  it("is stored whichever way its rings run and whatever number it got", () => {
    const sent = named("a");
    const [part] = sent.geometry.coordinates;
    const turned = part?.map((ring) => [...ring].reverse()) ?? [];
    const stored = { ...sent, geometry: { ...sent.geometry, coordinates: [turned] } };
    const numberless = { ...sent, properties: { ...sent.properties, plot_no: null } };
    expect(isStored(numberless, stored)).toBe(true);
    expect(isStored(named("b"), stored)).toBe(false);
  });
});

it("no two drafts have one key", () => {
  expect(new Set(Array.from({ length: 1_000 }, newKey)).size).toBe(1_000);
});
