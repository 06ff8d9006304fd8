import { describe, expect, it } from "vitest";
import { inLanguage } from "./problem";

describe("a bilingual sentence", () => {
  it("gives the half in the reader's language", () => {
    expect(inLanguage("此图斑不存在；no such plot", "zh")).toBe("此图斑不存在");
    expect(inLanguage("此图斑不存在；no such plot", "en")).toBe("no such plot");
  });
  it("is cut after a full stop too", () => {
    expect(inLanguage("面自相交。 The polygon crosses itself.", "en")).toBe(
      "The polygon crosses itself.",
    );
  });
  it("stays whole where the halves cannot be told apart", () => {
    expect(inLanguage("只有中文", "en")).toBe("只有中文");
    expect(inLanguage("only English", "zh")).toBe("only English");
  });
});
