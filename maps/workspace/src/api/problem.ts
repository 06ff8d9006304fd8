/** What a request that failed says. */
import type { components } from "../schema";

export type ProblemDocument = components["schemas"]["ProblemDocument"];
export type ProblemSpot = NonNullable<ProblemDocument["errors"]>[number] & Record<string, unknown>;

/** The service refused, and said why. */
export class Refusal extends Error {
  override name = "Refusal";
  readonly status: number;
  readonly code: string;
  readonly errors: ProblemSpot[];
  /** ETag of what is stored now, with 412. */
  readonly etag: string | null;

  constructor(status: number, problem: Partial<ProblemDocument>, etag: string | null = null) {
    super(problem.detail ?? `HTTP ${status}`);
    this.status = status;
    this.code = problem.code ?? "unknown";
    this.errors = problem.errors ?? [];
    this.etag = etag;
  }
}

/** Nothing was done: the line is cut, or the service is away or too busy (502, 503, 504). */
export class Away extends Error {
  override name = "Away";
  /** The service's own words; null where something else answered, or nothing. */
  readonly said: string | null;

  constructor(what: string, said: string | null = null) {
    super(what);
    this.said = said;
  }
}

/** What the service says of a refusal; null where the answer is not its own. */
export async function saidBy(answer: Response): Promise<string | null> {
  const kind = answer.headers.get("Content-Type") ?? "";
  if (!kind.startsWith("application/problem+json")) return null;
  const problem = (await answer.json()) as Partial<ProblemDocument>;
  return problem.detail ?? null;
}
