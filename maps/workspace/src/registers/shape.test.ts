// @vitest-environment node
import { describe, expect, it } from "vitest";
import { place } from "./shape";

const typed = (said: Partial<Parameters<typeof place>[1]>) => ({
  lon: "",
  lat: "",
  corners: "",
  ...said,
});

describe("the place of a record", () => {
  it("is a point of two numbers", () => {
    expect(place("point", typed({ lon: "125.05", lat: " 43.04" }))).toEqual({
      geometry: { type: "Point", coordinates: [125.05, 43.04] },
    });
  });

  it("is none where nothing is typed", () => {
    expect(place("point", typed({}))).toEqual({ geometry: null });
    expect(place("none", typed({ lon: "1", lat: "2" }))).toEqual({ geometry: null });
  });

  it("wants both numbers, in degrees", () => {
    const half = { mistake: "registers.place_half", slots: {} };
    expect(place("point", typed({ lon: "125.05" }))).toEqual(half);
    expect(place("point", typed({ lon: "500000", lat: "43" }))).toEqual(half);
  });

  it("is a line or a closed polygon of corners, with any of the usual separators", () => {
    const corners = "125.01,43.01\n125.02 43.01\n\n125.02，43.02";
    expect(place("line", typed({ corners }))).toMatchObject({ geometry: { type: "LineString" } });
    expect(place("polygon", typed({ corners }))).toEqual({
      geometry: {
        type: "Polygon",
        coordinates: [
          [
            [125.01, 43.01],
            [125.02, 43.01],
            [125.02, 43.02],
            [125.01, 43.01],
          ],
        ],
      },
    });
  });

  it("says which line cannot be read, and that corners are too few", () => {
    expect(place("line", typed({ corners: "125,43\n125;x" }))).toEqual({
      mistake: "registers.corners_wrong",
      slots: { n: 2, text: "125;x" },
    });
    expect(place("polygon", typed({ corners: "125,43\n125.1,43" }))).toEqual({
      mistake: "registers.corners_few",
      slots: {},
    });
  });
});
