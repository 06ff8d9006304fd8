/** Who is signed in. */
import { reactive } from "vue";
import { api, ask, type Me, onSessionEnd } from "../api/client";
import { Refusal } from "../api/problem";
import { t } from "../words";
import { inWords, tell } from "./notices";

export type SessionState = "unknown" | "out" | "in" | "expired";

export const session = reactive({
  state: "unknown" as SessionState,
  me: null as Me | null,
  /** Came by a one-time link: no password is known to them yet. */
  byLink: false,
  /** Why the link that was brought opened nothing. */
  refused: null as unknown,
});

/** Keeps over a reload who came by a link. */
const CAME_BY_LINK = "luotu.by_link";

let waiting: Array<(signedIn: boolean) => void> = [];

/** Whether the account has a role's rights. */
export function holds(role: string): boolean {
  return session.me?.roles.includes(role) ?? false;
}

/** Whether the account may change what holds for every county: words and rules. */
export function holdsEverywhere(role: string): boolean {
  return holds(role) && (session.me?.all_counties ?? false);
}

function entered(me: Me): void {
  // Somebody else's page must not be shown to whoever signs in over it.
  const another = session.me !== null && session.me.name !== me.name;
  session.me = me;
  session.state = "in";
  session.refused = null;
  if (!another) {
    session.byLink ||= sessionStorage.getItem(CAME_BY_LINK) === me.name;
    sessionStorage.removeItem(CAME_BY_LINK);
  }
  // What one account asked for must not be done in the name of another.
  for (const go of waiting) go(!another);
  waiting = [];
  if (another) location.reload();
}

/** Ask who is signed in; true when somebody is. */
export async function enter(): Promise<boolean> {
  try {
    entered(await ask(api.GET("/api/me")));
    return true;
  } catch (error) {
    if (!(error instanceof Refusal && error.status === 401)) throw error;
    session.state = "out";
    return false;
  }
}

/** Sign in by name and password. */
export async function signIn(secrets: { username: string; password: string }): Promise<void> {
  entered(await ask(api.POST("/api/session", { body: secrets })));
}

/** Sign in by a one-time link; answers why it opened nothing, or null. */
export async function signInBy(link: string): Promise<string | null> {
  const before = session.me?.name;
  try {
    const me = await ask(api.POST("/api/session", { body: { link } }));
    // The page is loaded anew for another account, which still has no password.
    if (before !== undefined && before !== me.name) sessionStorage.setItem(CAME_BY_LINK, me.name);
    session.byLink = true;
    entered(me);
    return null;
  } catch (error) {
    session.refused = error;
    return whyNoLink(error);
  }
}

/** Why a one-time link opened nothing, in words. */
export function whyNoLink(error: unknown): string {
  const unknown = error instanceof Refusal && error.code === "wrong_credentials";
  return unknown ? t("account.link_wrong") : inWords(error);
}

/** The sign-in form says itself why a link opened nothing; over an open page it is told. */
async function signInOver(link: string): Promise<void> {
  const why = await signInBy(link);
  if (why !== null && session.state === "in") tell(why, "bad");
}

/** Sign in by a link that is pasted into the open page, too. */
export function followLinks(): void {
  window.addEventListener("hashchange", () => {
    const link = takeLink();
    if (link !== null) void signInOver(link);
  });
}

/** End the session; drafts stay in this browser. */
export async function signOut(): Promise<void> {
  await ask(api.DELETE("/api/session"));
  session.me = null;
  session.state = "out";
}

// A request that found the session ended waits until somebody has signed in over the page.
onSessionEnd(() => {
  if (session.state === "unknown" || session.state === "out") return Promise.resolve(false);
  session.state = "expired";
  return new Promise((resolve) => waiting.push(resolve));
});

/** The secret of a one-time link in the address, which is taken out of it at once. */
export function takeLink(): string | null {
  const said = new URLSearchParams(location.hash.slice(1));
  const link = said.get("link");
  if (link === null) return null;
  said.delete("link");
  history.replaceState(null, "", `${location.pathname}#${String(said).replace(/%2F/g, "/")}`);
  return link;
}
