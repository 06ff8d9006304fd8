/** Who is signed in. */
import { reactive } from "vue";
import { api, ask, type Me, onSessionEnd } from "../api/client";
import { Refusal } from "../api/problem";

export type SessionState = "unknown" | "out" | "in" | "expired";

export const session = reactive({
  state: "unknown" as SessionState,
  me: null as Me | null,
  /** Came by a one-time link: no password is known to them yet. */
  byLink: false,
  /** Why the link that was brought opened nothing. */
  refused: null as unknown,
});

let waiting: Array<(signedIn: boolean) => void> = [];

/** Whether the account has a role's rights. */
export function holds(role: string): boolean {
  return session.me?.roles.includes(role) ?? false;
}

function entered(me: Me): void {
  // Somebody else's page must not be shown to whoever signs in over it.
  const another = session.me !== null && session.me.name !== me.name;
  session.me = me;
  session.state = "in";
  for (const go of waiting) go(true);
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

/** Sign in by name and password, or by the secret of a one-time link. */
export async function signIn(
  secrets: { username: string; password: string } | { link: string },
): Promise<void> {
  entered(await ask(api.POST("/api/session", { body: secrets })));
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
