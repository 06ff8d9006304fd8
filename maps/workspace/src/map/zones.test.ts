import { expect, it } from "vitest";
import { inZone, zoneOf } from "./zones";

it("a zone is named by its middle meridian", () => {
  expect([zoneOf(115.6), zoneOf(117), zoneOf(118.4)]).toEqual([39, 39, 39]);
});
it("its middle lies at 500 km, the zone before it", async () => {
  const { x, y } = await inZone(126, 43.8);
  expect(y).toBeCloseTo(42_500_000, 3);
  // The meridian arc from the equator to 43.8° N on GRS 80.
  expect(x).toBeGreaterThan(4_851_000);
  expect(x).toBeLessThan(4_853_000);
});
