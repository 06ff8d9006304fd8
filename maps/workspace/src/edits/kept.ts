/** Drafts in this browser (IndexedDB), so that neither a reload nor a power cut loses them. */
import type { Stock } from "./stock";

const STORE = "edits";

/** Of IndexedDB's errors none is always there. */
const reasonOf = (error: DOMException | null): Error =>
  error ?? new Error("IndexedDB gave no reason");

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open("luotu", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(reasonOf(asked.error));
  });
}

let database: Promise<IDBDatabase> | null = null;

async function through<T>(
  mode: IDBTransactionMode,
  act: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  database ??= opened();
  const transaction = (await database).transaction(STORE, mode);
  const asked = act(transaction.objectStore(STORE));
  // At once: left to itself it waits for the answer, and a page that is left meanwhile undoes it.
  transaction.commit();
  await ended(transaction);
  return asked.result;
}

function ended(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = () => reject(reasonOf(transaction.error));
    transaction.onabort = () => reject(reasonOf(transaction.error));
  });
}

/** What was kept under a name; undefined when nothing was. */
export const kept = (name: string): Promise<Partial<Stock> | undefined> =>
  through("readonly", (store) => store.get(name) as IDBRequest<Partial<Stock> | undefined>);

/** Keep something that can be cloned. */
export const keep = (name: string, what: unknown): Promise<unknown> =>
  through("readwrite", (store) => store.put(what, name));

/**
 * Move what was kept under one name to what is kept under another, in one transaction: of two tabs
 * that take over the same drafts one gets them. `move` answers what is kept from now on, and what
 * of it stays behind (null: nothing).
 */
export async function moved(
  from: string,
  to: string,
  move: (left: Partial<Stock>) => { now: unknown; rest: unknown },
): Promise<void> {
  database ??= opened();
  const transaction = (await database).transaction(STORE, "readwrite");
  const store = transaction.objectStore(STORE);
  const asked = store.get(from) as IDBRequest<Partial<Stock> | undefined>;
  asked.onsuccess = () => {
    if (asked.result === undefined) return;
    const { now, rest } = move(asked.result);
    store.put(now, to);
    if (rest === null) store.delete(from);
    else store.put(rest, from);
    transaction.commit();
  };
  await ended(transaction);
}

/** Names of everything that is kept. */
export const keptNames = async (): Promise<string[]> =>
  (await through("readonly", (store) => store.getAllKeys())).map(String);
