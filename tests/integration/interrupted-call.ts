import { ExpectedError } from '@goalixa/chassis/errors'
import { createWriteCall } from '@goalixa/tools/testing/create-write-call'

/** A call of a write during which something happens directly before each of its requests, counted from 1. */
export function interruptedCall(beforeWrite: (write: number) => Promise<unknown>) {
  let writes = 0
  return createWriteCall({
    async assertLease() {
      writes += 1
      await beforeWrite(writes)
    },
  })
}

/** A call whose caller holds its lease only for the writes before the given one. */
export function losingLeaseAt(lost: number) {
  return interruptedCall(async write => {
    if (write >= lost) throw new ExpectedError('conflict', 'LEASE_LOST', 'another worker holds the lease')
  })
}
