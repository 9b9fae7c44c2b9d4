/** A rate limit: `capacity` attempts at once, refilled at `perSecond`. `name` distinguishes limits. */
export type Limit = { name: string; capacity: number; perSecond: number }

/** One bucket per key. `take` throws `too-many` TOO_MANY_ATTEMPTS if it is empty; `refund` undoes one `take`. */
export type TokenBucket = {
  take: (key: string) => Promise<void>
  refund: (key: string) => Promise<void>
}

/** Creates the buckets of one limit. */
export type CreateBucket = (limit: Limit) => TokenBucket
