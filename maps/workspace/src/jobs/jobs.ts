/** Long work that the service does in the background: what was asked for, how far it is, its file. */
import { computed, ref, shallowRef } from "vue";
import { api, ask } from "../api/client";
import type { components } from "../schema";
import { inWords } from "../state/notices";

type Schemas = components["schemas"];
export type Job = Schemas["JobOut"];
export type ExportIn = Schemas["ExportIn"];
export type HandInIn = Schemas["HandInIn"];
export type Fault = {
  code: string;
  severity: "block" | "warn" | "info";
  plot_id: number | null;
  plot_no: string | null;
  at: [number, number] | null;
  message: string;
};

const LOOK_MS = 1_000;
export const LISTED = 30;

export const jobs = shallowRef<Job[] | null>(null);
/** Whether there are older ones that are not listed. */
export const hasOlder = ref(false);
export const wrong = ref("");
/** Whether the tray is open: then its jobs are followed. */
export const showsJobs = ref(false);

export const isOpen = (job: Job): boolean => job.state === "queued" || job.state === "running";
export const underWay = computed(() => (jobs.value ?? []).filter(isOpen).length);

let looking = false;

/** Ask for the jobs anew, and go on asking while one of them is under way. */
export async function lookForJobs(): Promise<void> {
  if (looking) return;
  looking = true;
  try {
    const params = { query: { limit: LISTED } };
    const page = await ask(api.GET("/api/jobs", { params }));
    jobs.value = page.rows;
    hasOlder.value = page.next !== null;
    wrong.value = "";
  } catch (error) {
    wrong.value = inWords(error);
  } finally {
    looking = false;
  }
  if (underWay.value > 0) setTimeout(() => void lookForJobs(), LOOK_MS);
}

function began(): void {
  showsJobs.value = true;
  void lookForJobs();
}

/** Have plots written as a file in the background. */
export async function startExport(body: ExportIn): Promise<void> {
  await ask(api.POST("/api/exports", { body }));
  began();
}

/** Have the plots of a district and year checked and packed; answers the job. */
export async function startHandIn(body: HandInIn): Promise<number> {
  const { id } = await ask(api.POST("/api/handins", { body }));
  began();
  return id;
}

export async function cancelJob(id: number): Promise<void> {
  await ask(api.DELETE("/api/jobs/{job_id}", { params: { path: { job_id: id } } }));
  await lookForJobs();
}

/** Where the file of a job lies: fetched by the browser itself, however long it is. */
export const fileAddress = (job: Job): string => `/api/jobs/${job.id}/file`;

/** What a hand-in would be refused for, the worst first; empty for other jobs. */
export const preflightOf = (job: Job): Fault[] =>
  ((job.result?.["preflight"] as Fault[] | undefined) ?? []).slice();
