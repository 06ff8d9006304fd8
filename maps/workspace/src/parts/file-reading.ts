/** What a person says of a file: empty where the file is believed. */
export interface FileReading {
  crs: string;
  encoding: string;
  layer: string;
}

/** A file that is believed in everything. */
export function asTheFileSays(): FileReading {
  return { crs: "", encoding: "", layer: "" };
}

/** Put into a form what was said, and nothing that was not. */
export function setReading(form: FormData, reading: FileReading): void {
  for (const name of ["crs", "encoding", "layer"] as const) {
    const said = reading[name].trim();
    if (said) form.set(name, said);
  }
}
