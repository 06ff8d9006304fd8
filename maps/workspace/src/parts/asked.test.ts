import { expect, it, vi } from "vitest";

vi.stubGlobal("localStorage", { getItem: () => null, setItem: () => undefined });
const { asked } = await import("./asked");

it("passes over an answer that a later question overtook", async () => {
  const waiting: Array<(answer: string) => void> = [];
  const { answer, look } = asked(() => new Promise<string>((come) => waiting.push(come)));
  const [first, second] = [look(), look()];
  waiting[1]!("late");
  waiting[0]!("early");
  await Promise.all([first, second]);
  expect(answer.value).toBe("late");
});

it("tells why there is no answer until the next question", async () => {
  let refuses = true;
  const { answer, wrong, look } = asked(() =>
    refuses ? Promise.reject(new Error("no")) : Promise.resolve(1),
  );
  await look();
  expect(wrong.value).not.toBe("");
  refuses = false;
  await look();
  expect([answer.value, wrong.value]).toEqual([1, ""]);
});
