import { LIMITS } from './limits.ts'

/** A read that has become large. */
export type LargeRead = {
  /** The system that it reads. */
  system: string
  /** The bytes that it has received so far. */
  bytes: () => number
  /** Whether it is being processed, instead of waiting for the other system. */
  isProcessed: () => boolean
  /** Ends the read, because its place is needed. */
  evict: () => void
}
type Waiting = { read: LargeRead; grant: () => void }
/** How long a read has occupied its place since it was last found to be fast enough, in ticks, and its bytes then. */
type Held = { ticks: number; bytes: number }

// Ticks and not elapsed time, because after a turn of the event loop that took long, bytes may have arrived that were not read yet.
const TICK_MS = 250
const TICKS = 8

/**
 * Places for reads that may be large at the same time, because their responses take much memory. While others wait, a read that is
 * not being processed and receives less than `slowBytes` in two seconds loses its place. Systems take turns, and those that lost a place come last.
 */
export function createLargeReadPlaces(places: number = LIMITS.largeReads) {
  const held = new Map<LargeRead, Held>()
  const waiting: Waiting[] = []
  const lastServed = new Map<string, number>()
  const slow = new Set<string>()
  let served = 0
  let isTicking = false

  return {
    /** Resolves with a function that frees the place. */
    async acquire(read: LargeRead): Promise<() => void> {
      await new Promise<void>(grant => {
        waiting.push({ read, grant })
        grantNext()
      })
      return () => {
        if (!held.delete(read)) return
        slow.delete(read.system)
        grantNext()
      }
    },
    /** Gives up waiting. */
    leave(read: LargeRead): void {
      const index = waiting.findIndex(each => each.read === read)
      if (index !== -1) waiting.splice(index, 1)
    },
  }

  function grantNext(): void {
    while (held.size < places && waiting.length > 0) {
      const next = waiting.toSorted((a, b) => rank(a) - rank(b))[0]
      if (next === undefined) return
      waiting.splice(waiting.indexOf(next), 1)
      served += 1
      lastServed.set(next.read.system, served)
      held.set(next.read, { ticks: 0, bytes: next.read.bytes() })
      next.grant()
    }
    if (waiting.length === 0 || isTicking) return
    isTicking = true
    setTimeout(evictSlow, TICK_MS)
  }

  /** Lower is earlier: a system that was fast, that holds fewer places, and that was served longer ago. */
  function rank({ read: { system } }: Waiting): number {
    const holds = [...held.keys()].filter(read => read.system === system).length
    const order = (lastServed.get(system) ?? 0) / (served + 1)
    return (slow.has(system) ? places + 1 : 0) + holds + order
  }

  function evictSlow(): void {
    isTicking = false
    for (const [read, state] of held) {
      if (waiting.length === 0 || read.isProcessed()) continue
      state.ticks += 1
      if (state.ticks < TICKS) continue
      if (read.bytes() - state.bytes >= LIMITS.slowBytes) held.set(read, { ticks: 0, bytes: read.bytes() })
      else {
        held.delete(read)
        slow.add(read.system)
        read.evict()
      }
    }
    grantNext()
  }
}
