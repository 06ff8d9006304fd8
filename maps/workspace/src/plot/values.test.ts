// @vitest-environment node
import { describe, expect, it, vi } from "vitest";

vi.stubGlobal("localStorage", { getItem: () => null, setItem: () => undefined });
const { percentOf, shareLeft } = await import("./values");

describe("the shares of a mix", () => {
  it("leave nothing of thirds that were rounded to a tenth", () => {
    expect(shareLeft([33.3, 33.3, 33.4])).toBe(0);
  });
  it("say what is missing and what is too much", () => {
    expect(shareLeft([70, 20])).toBe(10);
    expect(shareLeft([70, 40])).toBe(-10);
  });
  it("do not count what is no number", () => {
    expect(shareLeft([70, Number.NaN])).toBe(30);
  });
  it("are told to a tenth of a per cent", () => {
    expect(percentOf(1 / 3)).toBe(33.3);
  });
});
