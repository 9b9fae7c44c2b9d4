import type { PageClock } from '../sync/page-clock.ts'
import { type Change, type Meta, rowKey } from '../sync/replica.ts'
import type { Memory } from './create-memory.ts'
import type { Attention, Connection } from './database.ts'
import { STORES, type Writing, writeChange } from './write-change.ts'

type Options = {
  db: Connection
  memory: Memory
  clock: PageClock
  /** Tells other tabs which rows have changed. */
  tell: (rowKeys: string[]) => void
}

/** Creates the only way in which a store changes: one strict transaction that reads its starting point and writes the change. */
export function createStep({ db, memory, clock, tell }: Options) {
  /**
   * Each step begins with a sample of the clock, which it then stores. `isShownAtOnce` says that the page may show the change
   * before it is stored: it is in the journal, or did not come from the person.
   */
  return async function step(
    plan: (tx: Writing, observe: (meta: Meta) => Meta) => Promise<Change | undefined>,
    { isShownAtOnce = true, isRepeated = false } = {},
  ): Promise<Change | undefined> {
    let keep = () => {}
    const observe = (meta: Meta) => {
      const observed = clock.observe(meta)
      keep = observed.keep
      return observed.meta
    }
    const tx = db.transaction(STORES, 'readwrite', { durability: 'strict' })
    try {
      const change = await plan(tx, observe)
      if (change !== undefined) {
        const writing = writeChange(tx, change, attentionOf(change))
        // A failed one is undone by reading the database again.
        if (isShownAtOnce) memory.apply(change, attentionOf(change))
        await writing
      }
      await tx.done
      if (change !== undefined) keep()
      if (change !== undefined && !isShownAtOnce) memory.apply(change, attentionOf(change))
      if (change !== undefined) tell(keysOf(change))
      return change
    } catch (error) {
      abort(tx)
      await tx.done.catch(() => {})
      // What a timer repeats was not shown, and must not read everything each time.
      if (!isRepeated) await memory.readAll()
      throw error
    }
  }

  function attentionOf({ rejected }: Change): Attention[] {
    return rejected.map(item => ({
      ...item,
      key: `${item.op.stamp.clientId}/${item.op.seq}`,
      at: new Date(clock.now(memory.replica().meta)).toISOString(),
    }))
  }
}
export type Step = ReturnType<typeof createStep>

// A value that cannot be stored throws before the transaction notices: without this, half of the step would be stored.
function abort(tx: Writing) {
  try {
    tx.abort()
  } catch {
    // The transaction has already ended.
  }
}

function keysOf({ rows, droppedRows }: Change): string[] {
  return [...rows.map(rowKey), ...droppedRows]
}
