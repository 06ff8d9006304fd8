import { beforeEach, describe, expect, it } from "vitest";
import { sendOnce } from "./once";

const HEADER = "Idempotency-Key";
let keys: Array<string | null> = [];
beforeEach(() => {
  keys = [];
});

/** Send a request that is answered with a status; 0: no answer comes. */
async function send(path: string, status: number, more: RequestInit = {}): Promise<void> {
  const request = new Request(`http://localhost${path}`, { method: "POST", ...more });
  const answered = sendOnce(request, ({ headers }) => {
    keys.push(headers.get(HEADER));
    return status === 0
      ? Promise.reject(new TypeError("no line"))
      : Promise.resolve(new Response(null, { status }));
  });
  await answered.catch(() => undefined);
}

describe("a request that acts", () => {
  it.each([0, 503, 409])("has its key again when %i was the answer", async (status) => {
    await send("/api/plots/1/approve", status);
    await send("/api/plots/1/approve", 200);
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(keys[1]).toBe(keys[0]);
  });

  it("has another key once it was answered", async () => {
    await send("/api/plots/2/submit", 200);
    await send("/api/plots/2/submit", 200);
    expect(keys[1]).not.toBe(keys[0]);
  });

  it.each([
    ["body", { body: "b" }, { body: "c" }],
    ["version", { headers: { "If-Match": '"1"' } }, { headers: { "If-Match": '"2"' } }],
  ])("is another one with another %s", async (_what, first, second) => {
    await send("/api/plots/3/return", 0, first);
    await send("/api/plots/3/return", 0, second);
    expect(keys[1]).not.toBe(keys[0]);
  });

  it("is a new one once its plot was read anew", async () => {
    await send("/api/plots/4/submit", 0);
    await send("/api/plots/4", 200, { method: "GET" });
    await send("/api/plots/4/submit", 200);
    expect(keys[2]).not.toBe(keys[0]);
  });

  it("keeps the key that it brings", async () => {
    await send("/api/plots", 200, { headers: { [HEADER]: "n1" } });
    expect(keys).toEqual(["n1"]);
  });
});

describe("a request that asks", () => {
  it.each(["/api/plots/check", "/api/plots/mend", "/api/session"])(
    "%s needs no key",
    async (path) => {
      await send(path, 200);
      expect(keys).toEqual([null]);
    },
  );

  it("reads without a key", async () => {
    await send("/api/plots", 200, { method: "GET" });
    expect(keys).toEqual([null]);
  });
});
