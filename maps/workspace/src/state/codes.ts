/** Code lists of the service, asked for once. */
import { reactive } from "vue";
import { api, ask, type Code } from "../api/client";
import { language } from "../words";

const lists = reactive(new Map<string, Code[]>());
const asked = new Set<string>();

/** The codes of `kind`, `method`, `species`, `problems` …; empty until they have come. */
export function codes(name: string): Code[] {
  if (!asked.has(name)) {
    asked.add(name);
    ask(api.GET("/api/codes/{name}", { params: { path: { name } } }))
      .then((table) => lists.set(name, table.codes))
      .catch(() => asked.delete(name));
  }
  return lists.get(name) ?? [];
}

/** The label of a code in the language that is spoken; the code itself where it is unknown. */
export function label(name: string, code: string): string {
  const found = codes(name).find((one) => one.code === code);
  if (found === undefined) return code;
  return language() === "zh" ? found.label_zh : found.label_en;
}
