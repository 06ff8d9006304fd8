/** What waits for the account, shared by whoever shows it. */
import { onBeforeUnmount, onMounted, ref, shallowRef } from "vue";
import { api, ask } from "../api/client";
import { afterSave } from "../edits/save";
import type { components } from "../schema";
import { inWords } from "../state/notices";
import { holds, session } from "../state/session";

export type Work = components["schemas"]["Work"];
export type WorkPlot = components["schemas"]["WorkPlot"];

export type Claim = components["schemas"]["ClaimOut"];
export type ClaimList = components["schemas"]["ClaimList"];

/** Claims that an inspector looks at: disputes, and those whose holder is gone. */
export const claims = shallowRef<{ disputes: ClaimList; orphaned: ClaimList } | null>(null);
export const work = shallowRef<Work | null>(null);
/** Why it is not known, in words. */
export const unknown = ref("");
let asked = 0;

/** Ask anew; of two answers the one that was asked for last stays. */
export async function lookForWork(): Promise<void> {
  const mine = ++asked;
  try {
    const [found, disputed] = await Promise.all([
      ask(api.GET("/api/me/work")),
      holds("inspector") ? lookForClaims() : null,
    ]);
    if (mine !== asked) return;
    work.value = found;
    claims.value = disputed;
    unknown.value = "";
  } catch (error) {
    if (mine === asked) unknown.value = inWords(error);
  }
}

const CLAIMS_SHOWN = 20;

async function lookForClaims(): Promise<{ disputes: ClaimList; orphaned: ClaimList }> {
  const [disputes, orphaned] = await Promise.all([
    ask(api.GET("/api/claims", { params: { query: { as: "dispute", limit: CLAIMS_SHOWN } } })),
    ask(api.GET("/api/claims", { params: { query: { orphaned: true, limit: CLAIMS_SHOWN } } })),
  ]);
  return { disputes, orphaned };
}

/** How many components show it. */
let shown = 0;

/** Show what waits as long as the component stands: it is asked for anew after each change. */
export function followWork(): void {
  onMounted(() => (shown += 1));
  onBeforeUnmount(() => (shown -= 1));
}

/** Something is done: who shows what waits asks anew, and while nobody does it is forgotten. */
export function workChanged(): void {
  if (session.state !== "in") return;
  if (shown > 0) void lookForWork();
  else {
    asked += 1; // an answer on its way is of before
    work.value = null;
  }
}
afterSave.add(workChanged);
