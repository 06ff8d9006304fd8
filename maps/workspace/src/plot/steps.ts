/** The steps of a plot on its way: submitted, approved, returned, accepted, deleted, restored. */
import { api, ask, etag, type Plot } from "../api/client";
import type { components } from "../schema";
import { Refusal } from "../api/problem";
import { change, content, isChanged, keyForId, know, settle } from "../edits/edits";
import { isCounted } from "../draw/checking";
import { announce, insisting, save } from "../edits/save";
import { tell, tellError } from "../state/notices";
import { openPlot } from "../state/selection";
import { t } from "../words";

export type Acceptance = components["schemas"]["Acceptance"];

/** What the service answered is known from now on, and whoever shows plots looks again. */
function taken(plot: Plot): void {
  const key = know(plot);
  announce(key, plot);
}

/** Do a step and say so; where it came too late, what stands now is shown. */
async function step(
  id: number,
  does: () => Promise<Plot>,
  said: (plot: Plot) => string,
): Promise<boolean> {
  try {
    const plot = await does();
    taken(plot);
    tell(said(plot), "good");
    return true;
  } catch (error) {
    tellError(error);
    if (error instanceof Refusal && (error.status === 409 || error.status === 404))
      void openPlot(id);
    return false;
  }
}

const path = (id: number) => ({ path: { plot_id: id } });

/** Save what is changed, then hand it to the inspectors. */
export async function submit(key: string, id: number | null): Promise<void> {
  let number = id;
  if (isChanged(key)) {
    const plot = await save(key);
    if (plot === null) return;
    number = plot.id;
  }
  if (number === null) return;
  const wanted = number;
  const asked = () => ask(api.POST("/api/plots/{plot_id}/submit", { params: path(wanted) }));
  await step(wanted, asked, () => t("plot.submitted"));
}

/** Take a submission back, as long as no inspector has opened it. */
export async function withdraw(id: number): Promise<boolean> {
  const asked = () => ask(api.POST("/api/plots/{plot_id}/withdraw", { params: path(id) }));
  return step(id, asked, () => t("plot.withdrawn"));
}

export async function approve(id: number): Promise<boolean> {
  const asked = () => ask(api.POST("/api/plots/{plot_id}/approve", { params: path(id) }));
  return step(id, asked, ({ properties }) =>
    t(isCounted(properties.stage) ? "plot.approved" : "plot.approved_idle"),
  );
}

export async function giveBack(id: number, reason: string): Promise<boolean> {
  const body = { reason };
  const asked = () => ask(api.POST("/api/plots/{plot_id}/return", { params: path(id), body }));
  return step(id, asked, () => t("plot.returned"));
}

export async function accept(id: number, body: Acceptance): Promise<boolean> {
  const asked = () => ask(api.POST("/api/plots/{plot_id}/accept", { params: path(id), body }));
  return step(id, asked, () => t("plot.accepted"));
}

/** Delete what the service has; `reason` is kept in the history. */
export async function remove(plot: Plot, reason: string | null): Promise<boolean> {
  const key = keyForId(plot.id);
  const header = { "if-match": etag(plot.properties.version) };
  const query = reason === null ? {} : { reason };
  try {
    await ask(api.DELETE("/api/plots/{plot_id}", { params: { ...path(plot.id), header, query } }));
  } catch (error) {
    tellError(error);
    return false;
  }
  // Of a plot with a working version the approved one stands again.
  const left = await standing(plot.id);
  tell(t(left === null ? "plot.deleted" : "plot.dropped"), "good");
  if (left === null) {
    change("draw.step.delete", [{ key, after: null }]);
    settle(key, null, null);
  } else {
    settle(key, content(key), left);
  }
  announce(key, left);
  return true;
}

async function standing(id: number): Promise<Plot | null> {
  try {
    return await ask(api.GET("/api/plots/{plot_id}", { params: path(id) }));
  } catch {
    return null;
  }
}

/** Make an older version the working one again. */
export async function restore(plot: Plot, version: number): Promise<boolean> {
  const header = { "if-match": etag(plot.properties.version) };
  const body = { version, new_number: false };
  const asked = () =>
    insisting(keyForId(plot.id), (codes) => {
      const query = codes.length > 0 ? { acknowledge: codes.join(",") } : {};
      return ask(
        api.POST("/api/plots/{plot_id}/restore", {
          params: { ...path(plot.id), header, query },
          body,
        }),
      );
    });
  return step(plot.id, asked, () => t("plot.restored", { n: version }));
}
