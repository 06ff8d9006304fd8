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
