/** Photos and papers that are kept with a plot or a record. */
import type { components } from "../schema";
import { holds, session } from "../state/session";

export type KeptFile = components["schemas"]["FileOut"];
export type FilePage = { rows: KeptFile[]; next: string | null };

/** Where the files of one owner are asked for, sent and taken away. */
export interface FileShelf {
  /** Its address, that of a file without the number. */
  address: string;
  page: (query: { limit: number; cursor?: string }) => Promise<FilePage>;
  send: (name: string, form: FormData) => Promise<unknown>;
  remove: (id: number) => Promise<unknown>;
}

/** Bytes as people say them: `1 KB` at the least. */
export const sizeInWords = (bytes: number): string =>
  bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} KB` : `${(bytes / 1e6).toFixed(1)} MB`;

/** One's own, and those of others for inspectors and GIS staff: the rule of the service. */
export const mayRemove = (file: KeptFile): boolean =>
  holds("inspector") || holds("gis") || file.made_by === session.me?.name;

/** What stands where a picture would: the end of the name, at most five letters. */
export const suffixOf = (name: string): string =>
  name.includes(".") ? (name.split(".").at(-1) ?? "").slice(0, 5) : "";
