import { describe, expect, it } from "vitest";
import { cornersOf } from "./corners";

describe("corners that are pasted", () => {
  it("are metres of a zone in either order, with names or without", () => {
    const ring = [
      [4763000.5, 42412345.25],
      [4763100, 42412345],
      [4763100, 42412445],
    ];
    const plain = ring.map((one) => one.join(" ")).join("\n");
    const named = ring.map(([x, y], n) => `J${n + 1},1,${x},${y}`).join("\r\n");
    const turned = ring.map(([x, y]) => `${y}，${x}`).join("\n");
    for (const text of [plain, named, turned])
      expect(cornersOf(text)).toEqual({ parts: [[ring]], plane: true });
  });

  it("are degrees where both are small", () => {
    expect(cornersOf("125.05 43.05\n125.06 43.05\n125.06 43.06")).toEqual({
      parts: [
        [
          [
            [125.05, 43.05],
            [125.06, 43.05],
            [125.06, 43.06],
          ],
        ],
      ],
      plane: false,
    });
  });

  it("have holes and parts as the official text file has", () => {
    const corner = (ring: number, n: number) => `J${n},${ring},${4763000 + n},${42412345 + n * n}`;
    const text = `[属性描述]\n几度分带=3\n[地块坐标]\n3,0.5,1,甲,面,,,@\n${[1, 2, 3]
      .map((n) => corner(1, n))
      .join("\n")}\n${[4, 5, 6].map((n) => corner(2, n)).join("\n")}\n3,0.5,2,乙,面,,,@\n${[7, 8, 9]
      .map((n) => corner(1, n))
      .join("\n")}`;
    const found = cornersOf(text);
    expect("parts" in found && found.parts.map((part) => part.length)).toEqual([2, 1]);
  });

  it("say what is wrong with them", () => {
    expect(cornersOf("东经<img src=x>")).toEqual({ wrong: "no_corners" });
    expect(cornersOf("4763000 412345\n4763100 412345\n4763100 412445")).toEqual({
      wrong: "no_zone",
    });
    expect(cornersOf("125 43\n125.1 43\n4763100 42412445")).toEqual({ wrong: "mixed" });
  });
});
