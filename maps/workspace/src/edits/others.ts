/** What another tab of this browser stored is known here too, so that nobody conflicts with himself. */
import { api, ask } from "../api/client";
import { Refusal } from "../api/problem";
import { onStage } from "../map/stage";
import { anchor, isChanged, keyForId, know, settle } from "./edits";
import { afterSave } from "./save";
import { afterOthersSave, tellTabs } from "./tabs";

async function lookAgain(id: number): Promise<void> {
  const key = keyForId(id);
  if (anchor(key) === null) {
    onStage((stage) => stage.reload());
    return;
  }
  try {
    const plot = await ask(api.GET("/api/plots/{plot_id}", { params: { path: { plot_id: id } } }));
    know(plot);
    for (const look of afterSave) look(key, plot);
  } catch (error) {
    // Whatever else went wrong is told when this tab saves.
    if (!(error instanceof Refusal && error.status === 404) || isChanged(key)) return;
    settle(key, null, null);
    for (const look of afterSave) look(key, null);
  }
}

/** Say that many plots were stored or deleted at once: all that shows plots looks anew. */
export function announceMany(ids: readonly number[]): void {
  for (const look of afterSave) look("", null);
  for (const id of ids) if (anchor(keyForId(id)) !== null) void lookAgain(id);
  const [first] = ids;
  if (first !== undefined) tellTabs(first);
}

/** Follow the other tabs from now on. */
export function followTabs(): void {
  afterOthersSave.add((id) => void lookAgain(id));
}
