/** What is copied out of a spreadsheet, as the service reads it: tabs part cells, quotation marks hold line breaks. */
const CELL = /(?:"((?:[^"]|"")*)"(?=[\t\n]|$)|([^\t\n]*))(\t|\n|$)/g;

export function pastedRows(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, bare, end] of text.replace(/\r\n?/g, "\n").matchAll(CELL)) {
    rows.at(-1)?.push(quoted?.replace(/""/g, '"') ?? bare ?? "");
    if (end === "\n") rows.push([]);
    else if (end === "") break;
  }
  return rows;
}
