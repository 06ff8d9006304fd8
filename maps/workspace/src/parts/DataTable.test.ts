// @vitest-environment node
import { describe, expect, it, vi } from "vitest";
import { createSSRApp, h } from "vue";
import { renderToString } from "vue/server-renderer";

vi.stubGlobal("localStorage", { getItem: () => null, setItem: () => undefined });
const { i18n } = await import("../words");
const { default: DataTable } = await import("./DataTable.vue");
const { rowFor, sortedBy } = await import("./columns");

type Town = { code: string; name: string; plots: number };
const TOWNS: Town[] = [
  { code: "1", name: "<b>东镇</b>", plots: 12 },
  { code: "2", name: "西镇", plots: 3 },
];
const columns = [
  { name: "town", heading: "乡镇", sort: "name", text: (row: Town) => row.name, names_row: true },
  { name: "plots", heading: "图斑数", text: (row: Town) => String(row.plots), figure: "end" },
];

/** The table as it is first drawn. */
function drawn(more: object): Promise<string> {
  const given = { label: "乡镇表", columns, keyOf: (row: Town) => row.code, wrong: "" };
  const props = { ...given, rows: TOWNS, nothing: "没有乡镇", ...more };
  return renderToString(createSSRApp({ render: () => h(DataTable as never, props) }).use(i18n));
}

describe("a table", () => {
  it("shows its columns in its rows, and names as text", async () => {
    const html = await drawn({});
    expect(html).toContain("&lt;b&gt;东镇&lt;/b&gt;");
    expect(html).toMatch(/<th[^>]*scope="row"/);
    expect(html).toMatch(/<td[^>]*class="plots figure end"[^>]*>.*12/);
    expect(html).toContain('aria-label="乡镇表"');
  });

  it("sorts by the headings that can, and says by which it is sorted", async () => {
    const html = await drawn({ order: { by: "name", down: true } });
    expect(html.match(/aria-sort="descending"/g)).toHaveLength(1);
    expect(html.match(/<thead.*<\/thead>/s)?.[0].match(/<button/g)).toHaveLength(1);
    expect(await drawn({})).not.toContain("aria-sort");
  });

  it("marks the row that is chosen", async () => {
    const html = await drawn({ isChosen: (row: Town) => row.code === "2" });
    expect(html.match(/aria-selected="true"/g)).toHaveLength(1);
  });

  it.each([
    ["that nothing is there", { rows: [] }, "没有乡镇"],
    ["that rows are on their way", { rows: null }, "正在载入"],
    ["what is wrong, and asks again", { wrong: "连不上服务器" }, "重试"],
  ])("says %s", async (_what, more, told) => {
    const html = await drawn(more);
    expect(html).toContain(told);
    expect(html).not.toContain("<table");
  });
});

describe("the keys of a table", () => {
  it.each([
    ["ArrowDown", 0, 1],
    ["ArrowDown", 2, 2],
    ["ArrowUp", 2, 1],
    ["ArrowUp", 0, 0],
    ["Home", 2, 0],
    ["End", 0, 2],
    ["a", 1, null],
  ])("%s leads from row %i to %j of three", (key, row, to) => {
    expect(rowFor(key, row, 3)).toBe(to);
  });
});

it("a heading tells whether and how it sorts", () => {
  expect(sortedBy({}, { by: "name", down: false })).toBeUndefined();
  expect(sortedBy({ sort: "name" }, null)).toBe("none");
  expect(sortedBy({ sort: "name" }, { by: "name", down: false })).toBe("ascending");
});
