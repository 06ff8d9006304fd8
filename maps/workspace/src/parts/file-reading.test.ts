import { expect, test } from "vitest";
import { asTheFileSays, setReading } from "./file-reading";

test("what was said of a file goes into the form, and nothing that was not", () => {
  const form = new FormData();
  setReading(form, { ...asTheFileSays(), crs: " gcj02 ", layer: "  " });
  expect([...form.entries()]).toEqual([["crs", "gcj02"]]);
});
