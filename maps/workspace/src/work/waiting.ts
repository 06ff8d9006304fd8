/** What waits for the account, shared by whoever shows it. */
import { ref, shallowRef } from "vue";
import { api, ask } from "../api/client";
import { afterSave } from "../edits/save";
import type { components } from "../schema";
import { inWords } from "../state/notices";
import { session } from "../state/session";

export type Work = components["schemas"]["Work"];
export type WorkPlot = components["schemas"]["WorkPlot"];

export const work = shallowRef<Work | null>(null);
/** Why it is not known, in words. */
export const unknown = ref("");
let asked = 0;

/** Ask anew; of two answers the one that was asked for last stays. */
export async function lookForWork(): Promise<void> {
  const mine = ++asked;
  try {
    const found = await ask(api.GET("/api/me/work"));
    if (mine !== asked) return;
    work.value = found;
    unknown.value = "";
  } catch (error) {
    if (mine === asked) unknown.value = inWords(error);
  }
}

afterSave.add(() => {
  if (session.state === "in") void lookForWork();
});
