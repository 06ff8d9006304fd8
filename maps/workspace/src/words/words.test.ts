// @vitest-environment node
import { describe, expect, it } from "vitest";
import type { Pairs } from "./index";
import { pairsOf, slotsOf } from "./pairs";

const rooms = import.meta.glob<Record<string, Pairs>>("../*/words.ts", { eager: true });

describe.each(Object.entries(rooms))("the words of %s", (_file, room) => {
  it.each(pairsOf(room))("%s are said in both languages", (_path, [zh, en]) => {
    expect(zh.trim()).not.toBe("");
    expect(en.trim()).not.toBe("");
    for (const form of en.split(" | ")) expect(slotsOf(form)).toEqual(slotsOf(zh));
  });
});

const sources = import.meta.glob<string>(["../*/*.{ts,vue}", "!../*/*.test.ts", "!../*/words.ts"], {
  eager: true,
  query: "?raw",
  import: "default",
});

// Of several names, and around a word: in an English sentence they are English marks, too.
const MARKS = /join\(["'`][、；，]|[：（；]\$\{|\}[）：；]/;

it.each(Object.entries(sources))("%s joins words by marks of the language", (_file, source) => {
  expect(MARKS.exec(source)?.[0]).toBeUndefined();
});
