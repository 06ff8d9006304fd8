/** One request of a form: busy while it is on its way; in words why it was refused. */
import { type Ref, ref, shallowRef } from "vue";
import { type ProblemSpot, Refusal } from "../api/problem";
import { inWords } from "../state/notices";

export interface FormRequest {
  /** Why the last one was refused; empty for nothing. */
  wrong: Ref<string>;
  /** What was refused of which field; empty for nothing. */
  spots: Ref<readonly ProblemSpot[]>;
  busy: Ref<boolean>;
  run: (work: () => Promise<void>) => Promise<void>;
}

/** For one form; `words` says what of a refusal is shown. */
export function formRequest(words: (error: unknown) => string = inWords): FormRequest {
  const wrong = ref("");
  const spots = shallowRef<readonly ProblemSpot[]>([]);
  const busy = ref(false);
  async function run(work: () => Promise<void>): Promise<void> {
    busy.value = true;
    wrong.value = "";
    spots.value = [];
    try {
      await work();
    } catch (error) {
      wrong.value = words(error);
      if (error instanceof Refusal) spots.value = error.errors;
    } finally {
      busy.value = false;
    }
  }
  return { wrong, spots, busy, run };
}
