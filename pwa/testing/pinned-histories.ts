import type { History } from './sync-histories.ts'

const at = (device: number) => ({
  edit: (row: number, field: string, value: number) => ({ do: 'edit' as const, device, row, field, value }),
  sync: (ops: number, net = 'ok') => ({ do: 'sync' as const, device, ops, net }),
})

/** The answer to an older attempt arrives after a newer one. Found by random search after 4,126 histories. */
export const lateSkewAnswer: History = {
  offsetsMs: [0, 2_217_768, 0, 0],
  steps: [
    at(1).edit(0, 'name', 0),
    at(1).sync(1, 'answer lost'),
    at(1).sync(1),
    at(0).edit(0, 'done', 0),
    at(0).sync(1),
    at(1).sync(1, 'answer lost'),
    at(1).sync(0),
    at(0).edit(0, 'name', 0),
    { do: 'deliver late', which: 0 },
    at(0).sync(0),
  ],
}

/** An op is restamped before the value that its author saw. Found by random search after 1,234 histories. */
export const mergedPastTheBase: History = {
  offsetsMs: [0, 0, 0, 0],
  steps: [
    at(2).edit(2, 'done', 0),
    at(2).sync(1),
    { do: 'set clock', device: 2, offsetMs: 120_001 },
    at(2).edit(2, 'done', 1),
    at(2).sync(0),
  ],
}

/** A request arrives after the client has restamped its ops. Found by random search after 875 histories. */
export const lateRequest: History = {
  offsetsMs: [0, 0, 0, 0],
  steps: [
    { do: 'set clock', device: 3, offsetMs: -120_001 },
    at(3).edit(0, 'name', 0),
    at(3).sync(0),
    { do: 'wait', ms: 1 },
    at(3).sync(1, 'late'),
    { do: 'set clock', device: 3, offsetMs: 0 },
    at(3).sync(1),
  ],
}

/** A pulled value is dropped for a pending one whose stamp is later corrected. Found by random search after 173 histories. */
export const pulledBehindTheWrongClock: History = {
  offsetsMs: [0, 0, 120_020, 0],
  steps: [
    at(2).edit(3, 'name', 0),
    at(3).edit(3, 'name', 0),
    at(3).sync(1),
    at(2).sync(0),
    at(2).sync(1),
    at(0).sync(0),
    at(0).sync(0),
    at(0).edit(0, 'name', 0),
    at(0).edit(0, 'name', 0),
    { do: 'deliver late', which: 0 },
  ],
}

/** A request arrives after one of its ops was refused in a later one, and taken out of the queue. */
export const arrivesAfterItWasTakenOut: History = {
  offsetsMs: [0, 0, 0, 0],
  steps: [
    at(1).edit(0, 'name', 8),
    at(1).sync(1, 'late'),
    at(1).sync(1),
    { do: 'deliver late', which: 0 },
    at(1).sync(1),
  ],
}

/** The same, but it arrives before: the server holds the op when it is taken out. */
export const arrivesBeforeItIsTakenOut: History = {
  offsetsMs: [0, 0, 0, 0],
  steps: [
    at(1).edit(0, 'name', 8),
    at(1).sync(1, 'late'),
    { do: 'deliver late', which: 0 },
    at(1).sync(1),
    at(1).sync(1),
  ],
}
