/** Runs in a page: holds a transaction of a database open until the page goes away, so that no other one begins. */
export function blockDatabase(name: string) {
  return new Promise<void>((resolve, reject) => {
    const opening = indexedDB.open(name)
    opening.onerror = () => reject(opening.error)
    opening.onsuccess = () => {
      const tx = opening.result.transaction([...opening.result.objectStoreNames], 'readwrite')
      const spin = () => {
        tx.objectStore('meta').count().onsuccess = spin
      }
      spin()
      resolve()
    }
  })
}
