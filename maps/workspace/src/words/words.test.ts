// @vitest-environment node
import { describe, expect, it, vi } from "vitest";

vi.stubGlobal("localStorage", { getItem: () => null, setItem: () => undefined });
const { rooms } = await import("./index");

type Tree = { readonly [name: string]: readonly [string, string] | Tree };

function pairs(tree: Tree, path = ""): Array<[string, readonly [string, string]]> {
  return Object.entries(tree).flatMap(([name, one]) =>
    Array.isArray(one)
      ? [[`${path}${name}`, one as unknown as readonly [string, string]] as const]
      : pairs(one as Tree, `${path}${name}.`),
  ) as Array<[string, readonly [string, string]]>;
}

describe("the words of the page", () => {
  it.each(pairs(rooms as unknown as Tree))("%s is said in both languages", (_path, [zh, en]) => {
    expect(zh.trim()).not.toBe("");
    expect(en.trim()).not.toBe("");
    const slots = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
    expect(slots(zh)).toEqual(slots(en));
  });
});
