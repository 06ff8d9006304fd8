/** Tabs of one browser keep their drafts apart; those of a tab that was closed are taken over. */
const KEPT_AS = "luotu.tab";
// A tab behind others on a busy machine answers late; its drafts must not be taken for left ones.
const ANSWER_MS = 600;

type Said = { ask: true } | { here: string };

const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("luotu.tabs") : null;
const heard = new Set<string>();
let name = "";

if (channel !== null) {
  channel.onmessage = ({ data }: MessageEvent<Said>) => {
    if ("here" in data) heard.add(data.here);
    else if (name !== "") channel.postMessage({ here: name });
  };
}

/** Names of the other tabs that are open. */
export async function otherTabs(): Promise<ReadonlySet<string>> {
  heard.clear();
  channel?.postMessage({ ask: true });
  await new Promise((resolve) => setTimeout(resolve, ANSWER_MS));
  return new Set(heard);
}

/** The name of this tab: it outlives a reload, and a tab that was duplicated gets another. */
export function nameTab(others: ReadonlySet<string>): string {
  const before = sessionStorage.getItem(KEPT_AS);
  const fresh = `${Date.now().toString(36)}${Math.random().toString(36).slice(2)}`;
  name = before === null || others.has(before) ? fresh : before;
  sessionStorage.setItem(KEPT_AS, name);
  return name;
}
