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
    this.errors = (problem.errors ?? []) as ProblemSpot[];
    this.etag = etag;
  }
}

/** No answer came: the line is cut, or the service is away (502, 503, 504). */
export class Away extends Error {
  override name = "Away";
}

/**
 * The half of a bilingual sentence ("中文；English", "中文 / English", "中文。 English") that is in
 * the reader's language; the whole where it cannot be told apart.
 */
export function inLanguage(text: string, language: "zh" | "en"): string {
  const halves =
    /^(.*?[\u4e00-\u9fff].*?)(?:；|\s\/\s|(?<=。)\s*)([^\u4e00-\u9fff]*[a-zA-Z].*)$/su.exec(text);
  const [zh, en] = [halves?.[1], halves?.[2]];
  if (zh === undefined || en === undefined) return text;
  if (/[\u4e00-\u9fff]/u.test(en) && !/^[\s"'(]*[A-Za-z]/u.test(en)) return text;
  return (language === "zh" ? zh : en).trim();
}
