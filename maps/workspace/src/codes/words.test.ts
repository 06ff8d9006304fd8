// @vitest-environment node
import { expect, it } from "vitest";
import { words } from "./words";

const lists = import.meta.glob<string>("../../../../data/codes/*.csv", {
  eager: true,
  query: "?raw",
  import: "default",
});
const OWN = ["code", "label_zh", "label_en", "source", "status", "retired", "valid_to"];

it.each(Object.entries(lists))("%s and its columns have names in both languages", (file, text) => {
  const list = /(\w+)\.csv$/.exec(file)?.[1] ?? "";
  const heading = (text.split("\n")[0] ?? "").replace("\ufeff", "").trim().split(",");
  expect(Object.keys(words.names)).toContain(list);
  const columns = heading.filter((column) => !OWN.includes(column));
  expect(Object.keys(words.columns)).toEqual(expect.arrayContaining(columns));
});
