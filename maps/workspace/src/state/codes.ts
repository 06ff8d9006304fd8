/** Code lists of the service, asked for once. */
import { reactive } from "vue";
import { api, ask, type Code } from "../api/client";
import { Refusal } from "../api/problem";
import { language } from "../words";

const AGAIN_MS = 3_000;

const lists = reactive(new Map<string, Code[]>());
const asked = new Set<string>();

/** The codes of `kind`, `method`, `species`, `problems` …; empty until they have come. */
export function codes(name: string): Code[] {
  if (!asked.has(name)) {
    asked.add(name);
    void fetched(name);
  }
  return lists.get(name) ?? [];
}

/** Ask for a list anew: somebody changed it here. */
export function codesChanged(name: string): void {
  if (asked.has(name)) void fetched(name);
}

/** Whoever shows a code waits for its label: asked again until the service is back. */
async function fetched(name: string): Promise<void> {
  try {
    const table = await ask(api.GET("/api/codes/{name}", { params: { path: { name } } }));
    lists.set(name, table.codes);
  } catch (error) {
    if (error instanceof Refusal && error.status < 500) asked.delete(name);
    else setTimeout(() => void fetched(name), AGAIN_MS);
  }
}

/** The label of a code in the language that is spoken; the code itself where it is unknown. */
export function label(name: string, code: string): string {
  const found = codes(name).find((one) => one.code === code);
  if (found === undefined) return code;
  return language() === "zh" ? found.label_zh : found.label_en;
}
