// @vitest-environment node
import { describe, expect, it } from "vitest";
import { type Address, address, read, written } from "./address";

/** What a fragment shows on a page where nothing was said before. */
function shown(fragment: string): Address {
  const blank: Address = { ...address, filters: {} };
  read(fragment, blank);
  return blank;
}

describe("an address", () => {
  it.each([
    "page=imports",
    "page=plots&map=15.25/43.033300/125.077700&plot=12&colour=kind",
    "page=layers&version=approved&base=%E5%A4%A9%E5%9C%B0%E5%9B%BE&zones=1",
    "page=registers&register=street&record=12",
    "page=work&table=coverage&district=220122&year=2026",
  ])("%s is written as it was read", (fragment) => {
    expect(written(shown(`#${fragment}`))).toBe(fragment);
  });

  it.each([
    ["panel=plot", "plots"],
    ["panel=layers&plot=3", "layers"],
    ["panel=work", "work"],
    ["plot=3", "plots"],
    ["map=15/43/125", null],
    ["page=layers&panel=plot", "layers"],
  ])("%s, as older links have it, opens %s", (fragment, page) => {
    expect(shown(fragment).page).toBe(page);
  });

  it.each([
    "plot=0",
    "plot=x",
    "map=99/43/125",
    "colour=pink",
    "table=none",
    "panel=cellar",
    "record=0",
    "register=../x",
  ])("%s says nothing", (fragment) => {
    expect(written(shown(fragment))).toBe("");
  });
});
