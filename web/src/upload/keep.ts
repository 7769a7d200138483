// Files that are being uploaded, kept by the browser until they have arrived: after a reload they go on without being chosen
// again.  Only a convenience: where it is refused (no room, a private window), the person is asked for the file.
const databaseName = 'amanat-uploads';
const storeName = 'files';

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(databaseName, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(storeName);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function act<T>(mode: IDBTransactionMode, what: (store: IDBObjectStore) => IDBRequest<T>): Promise<T | undefined> {
  try {
    const database = await open();
    try {
      return await new Promise<T>((resolve, reject) => {
        const transaction = database.transaction(storeName, mode);
        const request = what(transaction.objectStore(storeName));
        transaction.oncomplete = () => resolve(request.result);
        transaction.onabort = transaction.onerror = () => reject(transaction.error);
      });
    } finally {
      database.close();
    }
  } catch {
    return undefined;
  }
}

export const keepFile = (key: string, file: File) => act('readwrite', store => store.put(file, key));
export const dropFile = (key: string) => act('readwrite', store => store.delete(key));
/** Whoever signs out leaves no clip of theirs in the browser. */
export const dropAllFiles = () => act('readwrite', store => store.clear());

export async function keptFile(key: string): Promise<File | null> {
  const found = await act<unknown>('readonly', store => store.get(key));
  return found instanceof File ? found : null;
}
