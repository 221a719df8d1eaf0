/**
 * Where a person's drawings stay over reloads: the browser's own database. Where a browser has none to give, as in some private windows,
 * they stay as long as the page, and the page says so.
 *
 * @typedef {import("./drawings.js").KeptDrawing} KeptDrawing
 *
 * @typedef {object} Shelf
 * @property {boolean} lasts  over a reload
 * @property {() => Promise<KeptDrawing[]>} all
 * @property {(drawings: readonly KeptDrawing[]) => Promise<void>} put  gives a number to those that have none
 * @property {(ids: readonly number[]) => Promise<void>} remove
 */

const NAME = "backscope";
const VERSION = 1;
const DRAWINGS = "drawings";

/** @returns {Promise<Shelf>} */
export async function openShelf() {
  try {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => request.result.createObjectStore(DRAWINGS, { keyPath: "id", autoIncrement: true });
    return lasting(await done(request));
  } catch {
    return passing();
  }
}

/** @param {IDBDatabase} database @returns {Shelf} */
function lasting(database) {
  database.onversionchange = () => database.close();
  return {
    lasts: true,
    async all() {
      return /** @type {KeptDrawing[]} */ (await done(database.transaction(DRAWINGS).objectStore(DRAWINGS).getAll()));
    },
    async put(drawings) {
      const transaction = database.transaction(DRAWINGS, "readwrite");
      const store = transaction.objectStore(DRAWINGS);
      for (const { id, ...rest } of drawings) store.put(id ? { id, ...rest } : rest);
      await finished(transaction);
    },
    async remove(ids) {
      const transaction = database.transaction(DRAWINGS, "readwrite");
      for (const id of ids) transaction.objectStore(DRAWINGS).delete(id);
      await finished(transaction);
    },
  };
}

/** @returns {Shelf} */
function passing() {
  /** @type {Map<number, KeptDrawing>} */
  const kept = new Map();
  let last = 0;
  return {
    lasts: false,
    all: async () => [...kept.values()],
    async put(drawings) {
      for (const drawing of drawings) {
        const id = drawing.id || (last += 1);
        kept.set(id, { ...drawing, id });
      }
    },
    async remove(ids) {
      for (const id of ids) kept.delete(id);
    },
  };
}

/** @template Result @param {IDBRequest<Result>} request @returns {Promise<Result>} */
function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("the database does not answer"));
  });
}

/** @param {IDBTransaction} transaction @returns {Promise<void>} */
function finished(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error("the database took nothing"));
  });
}
