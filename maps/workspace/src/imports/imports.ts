/** The imports that the account sees, and the one that is looked at. */
import { computed, ref, shallowRef } from "vue";
import { api, ask } from "../api/client";
import { randomKey } from "../api/once";
import type { components, paths } from "../schema";
import { inWords } from "../state/notices";

type Schemas = components["schemas"];
export type Import = Schemas["Import"];
export type Row = Schemas["RowOut"];
export type Settings = Schemas["ImportSettings"];
export type RowQuery = NonNullable<
  paths["/api/imports/{import_id}/rows"]["get"]["parameters"]["query"]
>;

/** Words that a column of the file may mean. */
export const PROPERTIES = [
  "plot_no",
  "name",
  "stage",
  "kind",
  "year",
  "category",
  "programme",
  "theme",
  "work_type",
  "unit",
  "method",
  "species",
  "density_per_ha",
  "density_per_mu",
  "planted_on",
  "evidence",
  "compartment_no",
  "subcompartment_no",
  "town",
  "village",
  "land_ownership",
  "tree_ownership",
  "declared_m2",
  "declared_mu",
  "declared_wan_mu",
  "declared_ha",
  "plan_ids",
  "note",
] as const;

export const STAGES = ["planned", "planted", "accepted", "existing"] as const;
const NEEDED = ["stage", "kind", "year"] as const;
export type Needed = (typeof NEEDED)[number];

/** What every plot must have, and neither a column nor a setting says. */
export function missingOf({ fields, settings }: Import): Needed[] {
  const said = new Set(fields.flatMap(({ ours, ignored }) => (ignored ? [] : [ours])));
  return NEEDED.filter((name) => !said.has(name) && !(name in (settings.set ?? {})));
}

/** Whether a file waits for nothing but that: then it is asked for, and nothing is refused. */
export const isIncomplete = (one: Import): boolean =>
  one.state === "refused" &&
  one.error !== null &&
  one.error.errors.every(({ code, row }) => code === "missing" && row === null) &&
  missingOf(one).length > 0;

const LOOK_MS = 700;

export const LISTED = 50;
export const all = shallowRef<Import[] | null>(null);
/** Whether there are older ones that are not listed. */
export const hasOlder = ref(false);
export const opened = shallowRef<Import | null>(null);
export const wrong = ref("");
let turn = 0;

/** Whether somebody works on the import that is looked at. */
export const busy = computed(
  () => opened.value?.state === "reading" || opened.value?.state === "committing",
);

/** Ask for the imports anew, the newest first. */
export async function lookForImports(): Promise<void> {
  try {
    const params = { query: { limit: LISTED } };
    const page = await ask(api.GET("/api/imports", { params }));
    all.value = page.rows as Import[];
    hasOlder.value = page.next !== null;
    wrong.value = "";
  } catch (error) {
    wrong.value = inWords(error);
  }
}

/** Look at an import, and follow it while it is being worked on; null: at none. */
export function open(one: Import | null): void {
  const mine = ++turn;
  opened.value = one;
  if (one !== null && (one.state === "reading" || one.state === "committing"))
    setTimeout(() => void follow(one.id, mine), LOOK_MS);
}

/** An import as it is now. */
export async function read(id: number): Promise<Import> {
  const params = { path: { import_id: id } };
  return (await ask(api.GET("/api/imports/{import_id}", { params }))) as Import;
}

async function follow(id: number, mine: number): Promise<void> {
  if (mine !== turn) return;
  try {
    const now = await read(id);
    if (mine === turn) open(now);
  } catch (error) {
    if (mine !== turn) return;
    wrong.value = inWords(error);
    setTimeout(() => void follow(id, mine), 5 * LOOK_MS);
  }
}

/** Read an import again by other settings; it is looked at from then on. */
export async function settleAnew(id: number, settings: Settings): Promise<void> {
  const params = { path: { import_id: id } };
  open((await ask(api.PATCH("/api/imports/{import_id}", { params, body: settings }))) as Import);
}

/** Send a file; it is looked at from then on. */
export async function send(file: File): Promise<void> {
  const form = new FormData();
  form.append("file", file);
  // The file itself is the key's business: it is not read a second time for one.
  const headers = { "Idempotency-Key": randomKey() };
  const body = { file: file.name };
  const sent = api.POST("/api/imports", { body, headers, bodySerializer: () => form });
  open((await ask(sent)) as Import);
  void lookForImports();
}
