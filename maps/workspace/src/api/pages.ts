/** A page of a list, and the address of the one that follows. */
interface Page {
  next?: string | null;
}

/** Every page of a list, one after the other, so that nothing is cut off. */
export async function everyPage<P extends Page>(
  read: (cursor: { cursor?: string }) => Promise<P>,
): Promise<P[]> {
  const pages: P[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await read(cursor === undefined ? {} : { cursor });
    pages.push(page);
    cursor = new URLSearchParams(page.next?.split("?")[1] ?? "").get("cursor");
  }
  return pages;
}
