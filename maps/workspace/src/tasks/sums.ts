/** Tasks that are not the sum of their parts: a person sees by how much, and lets that stand or not. */
import { shallowRef } from "vue";
import { Refusal } from "../api/problem";

/** What waits for a person: each difference in words, and whether it may stand. */
export interface Differing {
  told: string[];
  answer: (stand: boolean) => void;
}
export const differing = shallowRef<Differing | null>(null);

type Acknowledged = { acknowledge?: string };

/** Do it, and again once a person let sums that differ stand; null when they would rather not. */
export async function withSums<T>(act: (query: Acknowledged) => Promise<T>): Promise<T | null> {
  try {
    return await act({});
  } catch (error) {
    if (!(error instanceof Refusal && error.code === "warnings")) throw error;
    const told = error.errors.map((one) => String(one.message));
    const stand = await new Promise<boolean>((resolve) => {
      differing.value?.answer(false);
      differing.value = { told, answer: resolve };
    });
    differing.value = null;
    return stand ? act({ acknowledge: "children_sum" }) : null;
  }
}
