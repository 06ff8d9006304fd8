import { afterEach, expect, it, vi } from "vitest";
import { moment, thisYear, today } from "./moments";

afterEach(() => void vi.useRealTimers());

it.each([
  ["2026-11-28T15:59:59Z", "2026-11-28"],
  ["2026-11-28T16:30:00Z", "2026-11-29"], // 00:30 in Beijing
  ["2026-11-28T23:59:00Z", "2026-11-29"], // 07:59
  ["2026-11-29T00:01:00Z", "2026-11-29"], // 08:01
])("at %s the day is %s", (at, day) => {
  vi.useFakeTimers({ now: new Date(at) });
  expect(today()).toBe(day);
});

it("begins the year with Beijing", () => {
  vi.useFakeTimers({ now: new Date("2026-12-31T16:30:00Z") });
  expect(thisYear()).toBe(2027);
});

it("tells a moment by Beijing's clock", () => {
  expect(moment("2026-11-28T16:30:00Z")).toBe("2026-11-29 00:30");
  expect(moment("soon")).toBe("soon");
});
