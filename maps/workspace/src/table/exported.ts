/** What the service says of a file that it hands out. */

export type ExportCounts = { rows: number; unreviewed: number; leftOut: number };

/** The header `Luotu-Export`: rows, those not approved, those of stages that are not taken. */
export function exportCounts(header: string | null): ExportCounts {
  const count = (word: string): number =>
    Number(new RegExp(`(?:^|[ ,])${word}=(\\d+)`).exec(header ?? "")?.[1] ?? 0);
  return { rows: count("rows"), unreviewed: count("unreviewed"), leftOut: count("left-out") };
}

/** The file's name as the service gives it, Chinese or not. */
export function fileName(disposition: string | null, otherwise: string): string {
  const encoded = /filename\*=utf-8''([^;]+)/i.exec(disposition ?? "")?.[1];
  const plain = /filename="([^"]+)"/.exec(disposition ?? "")?.[1];
  return encoded !== undefined ? decodeURIComponent(encoded) : (plain ?? otherwise);
}
