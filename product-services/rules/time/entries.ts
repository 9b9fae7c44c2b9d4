/** A time entry: times in ms since 1970, no end while it is open. */
export type Entry = { id: string; taskId: string | null; startMs: number; endMs: number | null }

/** Orders entries by their start, simultaneous ones by id. */
export function compareEntries(a: Pick<Entry, 'id' | 'startMs'>, b: Pick<Entry, 'id' | 'startMs'>): number {
  return a.startMs - b.startMs || (a.id < b.id ? -1 : Number(a.id > b.id))
}
