/** A step of many plots: first tried, then done, some at a time, so that a broken line loses nothing. */
import { reactive } from "vue";
import { api, ask } from "../api/client";
import { Away } from "../api/problem";
import type { components } from "../schema";
import { inWords } from "../state/notices";
import { chosen, everything, type ManyFilter } from "./chosen";

export type Verb = "submit" | "withdraw" | "approve" | "return" | "delete" | "change";
export type Refused = components["schemas"]["RefusedPlot"];
export type Saying = { reason: string; patch: Record<string, string | number | null> };
type Told = components["schemas"]["ManyDone"];

/** So many plots are in one request; each is answered before the next is sent. */
export const AT_ONCE = 200;

export type Phase = "asks" | "trying" | "tried" | "doing" | "broken" | "done" | "refused";

/** What is going on, for the dialog that shows it. */
export function batch(verb: Verb) {
  const state = reactive({
    phase: "asks" as Phase,
    /** Of the trial those that can be done; after it those that were. */
    able: [] as number[],
    done: [] as number[],
    refused: [] as Refused[],
    /** Plots that were answered, of so many. */
    at: 0,
    of: 0,
    /** Of all that the filter found, so many are found no more: others dealt with them since. */
    gone: 0,
    wrong: "",
  });

  function send(which: { ids: number[] } | { filter: ManyFilter }, saying: Saying, dry: boolean) {
    const how = { ...which, dry_run: dry };
    const reason = saying.reason === "" ? {} : { reason: saying.reason };
    if (verb === "change")
      return ask(api.POST("/api/plots/changes", { body: { ...how, patch: saying.patch } }));
    return ask(api.POST("/api/reviews", { body: { ...how, verb, ...reason } }));
  }

  /** Try it on all that are ticked: nothing is kept. */
  async function tryOut(saying: Saying): Promise<void> {
    const ids = [...chosen.keys()];
    const all = everything.value;
    // A trial needs some reason where the real thing needs one.
    const trial = { ...saying, reason: saying.reason || "-" };
    Object.assign(state, { phase: "trying", able: [], refused: [], at: 0, gone: 0, wrong: "" });
    state.of = all?.count ?? ids.length;
    try {
      const take = (told: Told): void => {
        state.able.push(...told.done);
        state.refused.push(...told.refused);
        state.at += told.done.length + told.refused.length;
      };
      if (all !== null) take(await send({ filter: all.filter }, trial, true));
      else
        for (let first = 0; first < ids.length; first += AT_ONCE)
          take(await send({ ids: ids.slice(first, first + AT_ONCE) }, trial, true));
      state.gone = Math.max(0, state.of - state.at);
      state.phase = "tried";
    } catch (error) {
      state.wrong = inWords(error);
      state.phase = "refused";
    }
  }

  /** Do it with those that can; after a broken line or a refusal it goes on where that was, and does nothing twice. */
  async function act(saying: Saying): Promise<void> {
    if (state.phase === "tried") Object.assign(state, { at: 0, of: state.able.length, done: [] });
    state.phase = "doing";
    state.wrong = "";
    try {
      while (state.at < state.able.length) {
        const ids = state.able.slice(state.at, state.at + AT_ONCE);
        const told = await send({ ids }, saying, false);
        state.done.push(...told.done);
        state.refused.push(...told.refused);
        state.at += ids.length;
      }
      state.phase = "done";
    } catch (error) {
      state.wrong = inWords(error);
      state.phase = error instanceof Away ? "broken" : "refused";
    }
  }

  return { state, tryOut, act };
}
