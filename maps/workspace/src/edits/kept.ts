/** Drafts in this browser (IndexedDB), so that neither a reload nor a power cut loses them. */
const STORE = "edits";

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open("luotu", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
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
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(asked.result);
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}

/** What was kept under a name; undefined when nothing was. */
export const kept = <T>(name: string): Promise<T | undefined> =>
  through("readonly", (store) => store.get(name) as IDBRequest<T | undefined>);

/** Keep something that can be cloned. */
export const keep = (name: string, what: unknown): Promise<unknown> =>
  through("readwrite", (store) => store.put(what, name));

/** Names of everything that is kept. */
export const keptNames = async (): Promise<string[]> =>
  (await through("readonly", (store) => store.getAllKeys())).map(String);

/** Forget what was kept under a name. */
export const forget = (name: string): Promise<unknown> =>
  through("readwrite", (store) => store.delete(name));
