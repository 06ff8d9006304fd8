/** Requests that act are done once, however often they must be sent. */

const HEADER = "Idempotency-Key";
/** These only ask: repeated, they change nothing. */
const ASKING: readonly string[] = ["/api/session", "/api/plots/check", "/api/plots/mend"];
/** Requests without an answer, by all that they say. */
const unanswered = new Map<string, { path: string; key: string }>();

/** A key that no other request of any browser has. */
export function randomKey(): string {
  // `randomUUID` is missing where a page comes over plain HTTP.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Whether the service is done with a request; else the same sent again gets its answer. */
const isAnswered = ({ status }: Response): boolean => status < 500 && status !== 409;

/** Whoever has read a plot anew knows what became of it: a step of it is a new one from now on. */
function forgetStepsOf(path: string): void {
  for (const [said, open] of unanswered)
    if (open.path.startsWith(`${path}/`)) unanswered.delete(said);
}

/**
 * Send a request; a POST that acts bears an `Idempotency-Key`.
 *
 * Where no answer came the work may be done or not. Whoever asks for the same again sends it under
 * the same key, so that the service answers what it answered then, and does nothing twice.
 */
export async function sendOnce(
  request: Request,
  send: (request: Request) => Promise<Response>,
): Promise<Response> {
  const path = new URL(request.url).pathname;
  if (request.method === "GET") {
    const answer = await send(request);
    forgetStepsOf(path);
    return answer;
  }
  const acts = request.method === "POST" && !ASKING.includes(path);
  if (!acts || request.headers.has(HEADER)) return send(request);
  const body = await request.clone().text();
  const said = JSON.stringify([request.url, request.headers.get("If-Match"), body]);
  const key = unanswered.get(said)?.key ?? randomKey();
  unanswered.set(said, { path, key });
  request.headers.set(HEADER, key);
  const answer = await send(request);
  if (isAnswered(answer)) unanswered.delete(said);
  return answer;
}
