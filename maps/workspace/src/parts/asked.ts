/** What a page asks the service for: the answer to the last question, or why there is none. */
import { ref, type Ref, shallowRef, type ShallowRef } from "vue";
import { inWords } from "../state/notices";

export type Asked<Answer> = {
  /** Null: none has come yet. */
  answer: ShallowRef<Answer | null>;
  /** Why the last question has no answer, in words; empty when all is well. */
  wrong: Ref<string>;
  /** Ask, and ask again: an answer that a later question overtook is passed over. */
  look: () => Promise<void>;
};

/** `ask` throws what is told in words, as requests do. */
export function asked<Answer>(ask: () => Promise<Answer>): Asked<Answer> {
  const answer: ShallowRef<Answer | null> = shallowRef(null);
  const wrong = ref("");
  let last = 0;
  async function look(): Promise<void> {
    const mine = ++last;
    wrong.value = "";
    try {
      const found = await ask();
      if (mine === last) answer.value = found;
    } catch (error) {
      if (mine === last) wrong.value = inWords(error);
    }
  }
  return { answer, wrong, look };
}
