/** The one way to the service: typed by its OpenAPI document. */
import createClient from "openapi-fetch";
import { language } from "../words";
import type { components, paths } from "../schema";
import { sendOnce } from "./once";
import { Away, Refusal, saidBy } from "./problem";

type Schemas = components["schemas"];
export type Plot = Schemas["PlotOut"];
export type PlotProperties = Schemas["PlotProperties"];
export type PlotPatch = Schemas["PlotPatch"];
export type Me = Schemas["Me"];
export type Checked = Schemas["Checked"];
export type Found = Schemas["Found"];
export type District = Schemas["DistrictOut"];
export type CoverageTable = Schemas["CoverageTable"];
export type Code = Schemas["Code"];

const GONE = [502, 503, 504];

/** Signs in anew when a session has ended; answers false when the person gave up. */
let signInAgain: () => Promise<boolean> = () => Promise.resolve(false);

/** Say what is to happen when a request finds that the session has ended. */
export function onSessionEnd(again: () => Promise<boolean>): void {
  signInAgain = again;
}

async function reach(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Away(String(error));
  }
}

async function guarded(request: Request): Promise<Response> {
  // The service says what is wrong in the language of the page.
  request.headers.set("Accept-Language", language());
  return sendOnce(request, signedIn);
}

/** Send a request; where the session has ended, again once somebody has signed in. */
async function signedIn(request: Request): Promise<Response> {
  const again = request.clone();
  const answer = await reach(request);
  if (GONE.includes(answer.status)) throw new Away(`HTTP ${answer.status}`, await saidBy(answer));
  const signingIn = new URL(request.url).pathname === "/api/session";
  if (answer.status !== 401 || signingIn) return answer;
  return (await signInAgain()) ? reach(again) : answer;
}

export const api = createClient<paths>({ fetch: guarded });

type Answer<T> = { data?: T; error?: unknown; response: Response };

/**
 * The data of an answer.
 *
 * @throws Refusal when the service said no, Away when nothing answered.
 */
export async function ask<T>(asked: Promise<Answer<T>>): Promise<T> {
  return (await askWhole(asked)).data;
}

/** The data of an answer and the version in its ETag (null without one). */
export async function askWhole<T>(
  asked: Promise<Answer<T>>,
): Promise<{ data: T; version: number | null }> {
  const { data, error, response } = await asked;
  const etag = response.headers.get("ETag");
  if (!response.ok) throw new Refusal(response.status, error ?? {}, etag);
  const version = /"(\d+)"/.exec(etag ?? "")?.[1];
  return { data: data as T, version: version === undefined ? null : Number(version) };
}

/** `"7"` for version 7. */
export const etag = (version: number): string => `"${version}"`;
