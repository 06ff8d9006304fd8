import { beforeEach, expect, test, vi } from "vitest";
import { area, clock, km, mu, percent, points, short, today } from "./figures";
import { speak } from "./language";

beforeEach(() => {
  speak("zh");
});

test("an area is told in mu and hectares, the unit of the language first", () => {
  expect(area(80_000)).toBe("120 亩（8 公顷）");
  expect(area(null)).toBe("无数据");
  speak("en");
  expect(area(80_000)).toBe("8 ha (120 mu)");
  expect(area(null)).toBe("no data");
});

test("a small area keeps its digits, and a large one is told in 万亩 in Chinese only", () => {
  expect(mu(500)).toBe("0.75 亩");
  expect(mu(2e8 / 3)).toBe("10 万亩");
  speak("en");
  expect(mu(2e8 / 3)).toBe("100,000 mu");
});

test("counts in bubbles are short", () => {
  expect([9999, 12_345, 123_456].map(short)).toEqual(["9999", "1.2万", "12万"]);
  speak("en");
  expect([9999, 12_345].map(short)).toEqual(["9999", "12k"]);
});

test("a percentage has the more digits the smaller it is", () => {
  expect([0, 0.000_123_4, 0.012_345, 0.123_45, 1.2].map(percent)).toEqual([
    "0 %",
    "0.0123 %",
    "1.23 %",
    "12.3 %",
    "120 %",
  ]);
  expect(percent(null)).toBe("无数据");
});

test("a change has its sign and is told in points", () => {
  expect([0.0123, -0.0123, 0].map(points)).toEqual([
    "+1.23 个百分点",
    "−1.23 个百分点",
    "0 个百分点",
  ]);
  speak("en");
  expect(points(-0.01)).toBe("−1 points");
});

test("lengths are kilometres, and the clock goes on after midnight", () => {
  expect([3456, 123_456].map(km)).toEqual(["3.5 km", "123 km"]);
  expect([485, 24 * 60 + 5].map(clock)).toEqual(["08:05", "00:05"]);
});

test("today is the day in Beijing, where it begins eight hours earlier", () => {
  vi.useFakeTimers({ now: Date.parse("2026-07-01T16:00:00Z") });
  expect(today()).toBe("2026-07-02");
  vi.setSystemTime(Date.parse("2026-07-01T15:59:59Z"));
  expect(today()).toBe("2026-07-01");
  vi.useRealTimers();
});
