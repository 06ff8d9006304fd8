import { expect, test } from "vitest";
import type { Pair } from "./data";
import { pick, say, speak, speakOfPatrols } from "./language";
import { PATROL_WORDS, WORDS } from "./words";

const isChinese = (text: string): boolean => /[\u4e00-\u9fff]/.test(text);
const blanks = (text: string): string[] => [...(text.match(/\{\d\}/g) ?? [])].sort();
const all: [string, Pair][] = [...Object.entries(WORDS), ...Object.entries(PATROL_WORDS)];

test("both sides of every word are there, with the same blanks", () => {
  for (const [word, [zh, en]] of all) {
    expect(zh && en, word).not.toBe("");
    expect(blanks(zh), word).toEqual(blanks(en));
  }
});

test("the English side holds no Chinese, except for the button that leads to Chinese", () => {
  const mixed = all.filter(([, [, en]]) => isChinese(en)).map(([word]) => word);
  expect(mixed).toEqual(["language"]);
});

test("blanks are filled in their places, in the language that is spoken", () => {
  speak("zh");
  expect(say("more_tracks", 5, 12)).toBe("此处共 12 条轨迹，列出最近 5 条");
  speak("en");
  expect(say("more_tracks", 5, 12)).toBe("The last 5 of 12 tracks here");
  expect(pick(["甲", "A"])).toBe("A");
});

test("a map of patrols speaks of zones, and of the rest as any map", () => {
  speak("en");
  expect(say("district")).toBe("District");
  speakOfPatrols();
  expect(say("district")).toBe("Zone");
  expect(say("print")).toBe("Print");
});
