import { expect, it } from "vitest";
import {
  ABOVE_WHOLE,
  NOTHING,
  plotColour,
  rateBands,
  rateColour,
  STAGE,
  yearColour,
} from "./colours";

it("no rate of zero hides among small ones", () => {
  const bands = rateBands([0, 0.01, 0.2, 0.3]);
  expect(rateColour(0, bands)).toBe(NOTHING);
  expect(rateColour(0.01, bands)).not.toBe(NOTHING);
});
it("more than the whole is shown, not clamped", () => {
  expect(rateColour(1.2, rateBands([0.1, 1.2]))).toBe(ABOVE_WHOLE);
});
it("no figure has no colour", () => expect(rateColour(null, rateBands([0.1]))).toBeNull());
it("larger rates are never in a lower class", () => {
  const rates = [0.02, 0.05, 0.11, 0.3, 0.31, 0.5, 0.7];
  const bands = rateBands(rates);
  const places = rates.map((one) =>
    bands.findIndex((band) => band.colour === rateColour(one, bands)),
  );
  expect(places).toEqual([...places].sort((a, b) => a - b));
});
it("a stage has the colour of the shared maps", () => {
  expect(plotColour({ stage: "planted" }, "stage", [], 2026)).toBe(STAGE.planted);
});
it("years of long ago share a colour", () => {
  expect(yearColour(1999, 2026)).toBe(yearColour(2015, 2026));
});
