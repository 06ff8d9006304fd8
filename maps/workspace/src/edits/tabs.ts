/** Tabs of one browser keep their drafts apart; those of a tab that was closed are taken over. */
const KEPT_AS = "luotu.tab";
// A tab behind others on a busy machine answers late; its drafts must not be taken for left ones.
const ANSWER_MS = 600;

type Said = { ask: true } | { here: string } | { saved: number };

const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("luotu.tabs") : null;
const heard = new Set<string>();
/** Called with the number of each plot that another tab has stored or deleted. */
export const afterOthersSave = new Set<(id: number) => void>();
const fresh = `${Date.now().toString(36)}${Math.random().toString(36).slice(2)}`;
// Said from the first moment on: a tab without a name would pass for one that was closed.
let name = sessionStorage.getItem(KEPT_AS) ?? fresh;

if (channel !== null) {
  channel.onmessage = ({ data }: MessageEvent<Said>) => {
    if ("here" in data) heard.add(data.here);
    else if ("saved" in data) for (const look of afterOthersSave) look(data.saved);
    else channel.postMessage({ here: name });
  };
  channel.postMessage({ here: name });
}

/** Tell the other tabs that a plot was stored or deleted. */
export function tellTabs(id: number): void {
  channel?.postMessage({ saved: id });
}

/** Names of the other tabs that are open; those that are opened later are added to it. */
export async function otherTabs(): Promise<ReadonlySet<string>> {
  heard.clear();
  channel?.postMessage({ ask: true });
  await new Promise((resolve) => setTimeout(resolve, ANSWER_MS));
  return heard;
}

/** The name of this tab: it outlives a reload, and a tab that was duplicated gets another. */
export function nameTab(others: ReadonlySet<string>): string {
  if (others.has(name)) {
    name = fresh;
    channel?.postMessage({ here: name });
  }
  sessionStorage.setItem(KEPT_AS, name);
  return name;
}
