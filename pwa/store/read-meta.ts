import { emptyMeta, type Meta } from '../sync/replica.ts'
import { NEW_WALL_CLOCK } from '../sync/wall-clock.ts'

/**
 * The state of a client as any version of the app may have stored it: without what was added later, and with the name
 * that 0.1.0 gave to the correction of the clock.
 */
export type StoredMeta = Partial<Meta> & { clockCorrectionMs?: number }

/** Returns the state of a client, complete and with whole milliseconds; throws if the database has none. */
export function readMeta(stored: StoredMeta | undefined): Meta {
  if (stored === undefined) throw new Error('The database of this user has no client state.')
  const { clockCorrectionMs = 0, ...known } = stored
  // Any op may have been sent by a version that did not remember which.
  const meta = { ...emptyMeta(''), sentSeq: (stored.nextSeq ?? 1) - 1, ...known }
  const wallClock = { ...NEW_WALL_CLOCK, correctionMs: clockCorrectionMs, ...known.wallClock }
  return {
    ...meta,
    // Core takes only whole milliseconds, which was not always what a correction left. A clock never goes back.
    clock: { ...meta.clock, ms: Math.ceil(meta.clock.ms) },
    wallClock: {
      ...wallClock,
      correctionMs: Math.round(wallClock.correctionMs),
      lastMs: Math.round(wallClock.lastMs),
      jumpsMs: Math.round(wallClock.jumpsMs),
      pauses: wallClock.pauses.map(pause => ({ ...pause, aheadMs: Math.round(pause.aheadMs) })),
    },
  }
}
