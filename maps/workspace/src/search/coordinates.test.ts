import proj4 from "proj4";
import { describe, expect, it } from "vitest";
import { coordinates } from "./coordinates";

const inverse = (east: number, north: number, meridian: number): [number, number] =>
  proj4(`+proj=tmerc +lon_0=${meridian} +x_0=500000 +ellps=GRS80`).inverse([east, north]) as [
    number,
    number,
  ];
const read = (text: string, near = 125) => coordinates(text, near, inverse);

describe("coordinates that are typed", () => {
  it.each([
    "125.125, 43.2",
    "43.2 125.125",
    "东经125.125，北纬43.2",
    "125°07'30\"E 43°12'00\"N",
    "N43°12′ E125°7.5′",
    "125度7分30秒 43度12分",
  ])("reads %s as degrees", (text) => {
    const [first] = read(text);
    expect(first?.lon).toBeCloseTo(125.125, 6);
    expect(first?.lat).toBeCloseTo(43.2, 6);
    expect(first?.as).toBe("degrees");
  });

  it.each([
    ["4785000 42428900", 42, 3],
    ["X=4785000, Y=42428900", 42, 3],
    ["42428900 4785000", 42, 3],
    ["4785000 21672000", 21, 6],
  ])("reads %s in the zone that is written", (text, zone, width) => {
    const [first, ...more] = read(text);
    expect(first?.as).toEqual({ zone, width });
    expect(Math.abs((first?.lon ?? 0) - 125.1)).toBeLessThan(0.1);
    expect(more).toEqual([]);
  });

  it("offers both zones of the view where none is written", () => {
    const found = read("4785000 428900", 125.1).map(({ as }) => as);
    expect(found).toEqual([
      { zone: 42, width: 3 },
      { zone: 21, width: 6 },
    ]);
  });

  it.each(["00010", "农安 2026 00010", "2026 00010", "A7", "", "181 95", "1 2"])(
    "takes %s for none",
    (text) => expect(read(text)).toEqual([]),
  );
});
