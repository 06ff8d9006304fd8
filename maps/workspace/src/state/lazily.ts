import { type AsyncComponentLoader, type Component, defineAsyncComponent } from "vue";

const AGAIN_MS = 1_000;
const TRIES = 5;

/** A component that is fetched when it is shown; while the line is cut it waits instead of failing. */
export function lazily<T extends Component>(loader: AsyncComponentLoader<T>): T {
  return defineAsyncComponent({
    loader,
    onError(_error, again, fail, tries) {
      if (navigator.onLine && tries >= TRIES) fail();
      else setTimeout(again, AGAIN_MS);
    },
  });
}
