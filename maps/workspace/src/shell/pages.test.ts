// @vitest-environment node
import { describe, expect, it, vi } from "vitest";

vi.stubGlobal("localStorage", { getItem: () => null, setItem: () => undefined });
vi.stubGlobal("sessionStorage", { getItem: () => null });
const { inRailOrder, pages, visibleTo } = await import("./pages");
const { pairsOf } = await import("../words/pairs");
type PageDefinition = import("./pages").PageDefinition;

const page = (name: string, shortcut: string | null): PageDefinition => ({
  name,
  shortcut,
  title: ["页", "Page"],
  icon: "M0 0",
  roles: null,
  layout: "whole",
  words: null,
  component: () => Promise.resolve({ default: {} }),
});
const names = (roles: string[]): string[] =>
  visibleTo(pages, (role) => roles.includes(role)).map(({ name }) => name);

describe("the rail", () => {
  it("has every page that there is, in the order of the shortcuts, 0 last", () => {
    expect(pages.map(({ name }) => name).slice(0, 3)).toEqual(["work", "plots", "layers"]);
    const some = inRailOrder([page("admin", "0"), page("jobs", "9"), page("work", "1")]);
    expect(some.map(({ name }) => name)).toEqual(["work", "jobs", "admin"]);
  });

  it("takes pages without a digit, which stand behind the others", () => {
    const some = inRailOrder([page("ten", null), page("admin", "0"), page("jobs", "9")]);
    expect(some.map(({ name }) => name)).toEqual(["jobs", "admin", "ten"]);
  });

  it.each([
    ["of a name that an address would change", [page("My work", "1")], /lower-case/],
    ["with a key that has two characters", [page("work", "F1")], /one digit/],
    ["with the letter of a tool", [page("work", "D")], /one digit/],
    ["of a name that is there", [page("work", "1"), page("work", "2")], /there twice/],
    ["of a shortcut that is there", [page("work", "1"), page("jobs", "1")], /1 is taken/],
  ])("takes no page %s", (_why, definitions, told) => {
    expect(() => inRailOrder(definitions)).toThrow(told);
  });

  it("has a key for every page", () => {
    expect(pages.filter(({ shortcut }) => shortcut === null)).toEqual([]);
  });

  it("has pages with a letter behind those with a digit", () => {
    const some = inRailOrder([page("server", "W"), page("admin", "0"), page("ten", null)]);
    expect(some.map(({ name }) => name)).toEqual(["admin", "server", "ten"]);
  });

  it("shows an account the pages of its roles", () => {
    expect(names(["viewer"])).not.toContain("work");
    expect(names(["viewer"])).toEqual(expect.arrayContaining(["plots", "layers"]));
    expect(names(["viewer", "planner"])).toContain("work");
    expect(names(["viewer", "inspector"])).toContain("work");
  });
});

describe.each(pages)("the page $name", ({ title, words, icon }) => {
  it("is named in both languages, and so are its words", async () => {
    const room = words === null ? {} : (await words()).words;
    for (const [path, [zh, en]] of pairsOf({ title, ...room })) {
      expect(zh.trim(), path).not.toBe("");
      expect(en.trim(), path).not.toBe("");
    }
  });

  it("has an icon of lines", () => {
    expect(icon).toMatch(/^M[-MmLlHhVvCcAaZz0-9. ,]+$/);
  });
});
