import { expect, test } from "vitest";
import { everyPage } from "./pages";

test("a list is read to its end", async () => {
  const rows = ["a", "b", "c"];
  const pages = await everyPage(({ cursor = "0" }) => {
    const n = Number(cursor);
    return Promise.resolve({
      row: rows[n],
      next: n < 2 ? `/api/plans?limit=1&cursor=${n + 1}` : null,
    });
  });
  expect(pages.map(({ row }) => row)).toEqual(rows);
});

test("a list without an address of the next page has one", async () => {
  expect(await everyPage(() => Promise.resolve({}))).toHaveLength(1);
});
