import { describe, expect, it } from "vitest";
import type { Content } from "./content";
import { mergePatch } from "./content";
import { done, EMPTY, redone, stored, undone } from "./log";

const plot = (name: string, plot_no: string | null = null): Content => ({
  geometry: { type: "MultiPolygon", coordinates: [] },
  properties: {
    stage: "planted",
    kind: "RGZL",
    year: 2026,
    name,
    plot_no,
  } as Content["properties"],
});

describe("the log", () => {
  const [a, b] = [plot("a"), plot("b")];
  const log = done(
    done(EMPTY, { label: "draw", changes: [{ key: "n1", before: null, after: a }] }),
    {
      label: "change",
      changes: [{ key: "n1", before: a, after: b }],
    },
  );

  it("goes back to what was before, step by step", () => {
    const once = undone(log);
    expect(once?.now).toEqual([["n1", a]]);
    expect(undone(once!.log)?.now).toEqual([["n1", null]]);
    expect(undone(undone(once!.log)!.log)).toBeNull();
  });

  it("goes forward again what was undone", () => {
    expect(redone(undone(log)!.log)?.now).toEqual([["n1", b]]);
  });

  it("forgets what was undone once something else is done", () => {
    const other = done(undone(log)!.log, { label: "x", changes: [] });
    expect(redone(other)).toBeNull();
    expect(other.steps.map((one) => one.label)).toEqual(["draw", "x"]);
  });

  it("says what the service stored in place of what was sent", () => {
    const kept = stored(log, "n1", b, plot("b", "0001"));
    expect(kept.steps[1]?.changes[0]?.after?.properties.plot_no).toBe("0001");
    expect(kept.steps[1]?.changes[0]?.before?.properties.plot_no).toBe("0001");
  });
});

describe("a merge patch", () => {
  it("names only what changed", () => {
    expect(mergePatch({ a: 1, b: [1] }, { a: 1, b: [2] })).toEqual({ b: [2] });
  });
  it("takes out what is null or no more there", () => {
    expect(mergePatch({ a: 1, b: { c: 1, d: 2 } }, { a: null, b: { d: 2 } })).toEqual({
      a: null,
      b: { c: null },
    });
  });
  it("is nothing where nothing changed", () => {
    expect(mergePatch({ a: null }, {})).toBeUndefined();
  });
});
