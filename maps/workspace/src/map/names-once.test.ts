import { expect, test, vi } from "vitest";
import { NamesOnce } from "./names-once";

test("a name stands in the tile that holds most of it, whichever comes first", () => {
  const again = vi.fn();
  const names = new NamesOnce(again);
  expect(names.here("220102", [0, 0, 1, 1], 9)).toBe(true);
  expect(names.here("220102", [1, 0, 3, 2], 9)).toBe(true);
  expect(again).toHaveBeenCalledOnce();
  expect(names.here("220102", [0, 0, 1, 1], 9)).toBe(false);
  expect(names.here("220102", [1, 0, 3, 2], 9)).toBe(true);
});

test("another scale, and another district, have names of their own", () => {
  const names = new NamesOnce(() => undefined);
  names.here("220102", [0, 0, 9, 9], 9);
  expect(names.here("220102", [0, 0, 1, 1], 10)).toBe(true);
  expect(names.here("220103", [0, 0, 1, 1], 9)).toBe(true);
});
