import { describe, expect, it, vi } from "vitest";

vi.mock("../words", () => ({ t: (name: string) => name }));

const { inWords } = await import("../state/notices");
const { Away, saidBy } = await import("./problem");

const answer = (kind: string, body: string): Response =>
  new Response(body, { status: 503, headers: { "Content-Type": kind } });

describe("a service that is too busy", () => {
  it("is told in its own words", async () => {
    const body = JSON.stringify({ code: "query_timed_out", detail: "查询超过 30 秒" });
    const said = await saidBy(answer("application/problem+json; charset=utf-8", body));
    expect(inWords(new Away("HTTP 503", said))).toBe("查询超过 30 秒");
  });

  it("is told as away where a proxy answers in its place", async () => {
    const said = await saidBy(answer("text/html", "<h1>503</h1>"));
    expect(inWords(new Away("HTTP 503", said))).toBe("shell.away");
  });
});
