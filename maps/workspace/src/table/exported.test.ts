import { describe, expect, it } from "vitest";
import { exportCounts, fileName } from "./exported";

describe("a file that the service hands out", () => {
  it("comes with its counts", () => {
    expect(exportCounts("rows=384, unreviewed=42, left-out=31")).toEqual({
      rows: 384,
      unreviewed: 42,
      leftOut: 31,
    });
    expect(exportCounts(null)).toEqual({ rows: 0, unreviewed: 0, leftOut: 0 });
  });
  it("has the name that the service gives it", () => {
    const marked = "attachment; filename*=utf-8''plots-%E5%90%AB%E6%9C%AA.shp.zip";
    expect(fileName(marked, "a")).toBe("plots-含未.shp.zip");
    expect(fileName('attachment; filename="plots.gpkg"', "a")).toBe("plots.gpkg");
    expect(fileName(null, "a.zip")).toBe("a.zip");
  });
});
