import { expect, it, vi } from "vitest";

vi.stubGlobal("localStorage", { getItem: () => null, setItem: () => undefined });
const { formRequest } = await import("./request");

const words = (error: unknown): string => (error instanceof Error ? error.message : "?");

it("is busy while the work is on its way", async () => {
  const { busy, run } = formRequest(words);
  let during = false;
  await run(() => {
    during = busy.value;
    return Promise.resolve();
  });
  expect([during, busy.value]).toEqual([true, false]);
});

it("says why the work was refused, and is done", async () => {
  const { wrong, busy, run } = formRequest(words);
  await run(() => Promise.reject(new Error("no such unit")));
  expect([wrong.value, busy.value]).toEqual(["no such unit", false]);
});

it("forgets the last refusal when it is tried again", async () => {
  const { wrong, run } = formRequest(words);
  await run(() => Promise.reject(new Error("no such unit")));
  await run(() => Promise.resolve());
  expect(wrong.value).toBe("");
});
