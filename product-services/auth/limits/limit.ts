/** How much somebody may do: `capacity` at once, and `perSecond` more as time passes. `name` tells limits apart. */
export type Limit = { name: string; capacity: number; perSecond: number }

/** Tokens of one limit for each key. `take` throws `too-many` TOO_MANY_ATTEMPTS; `giveBack` undoes one take. */
export type TokenBucket = {
  take: (key: string) => Promise<void>
  giveBack: (key: string) => Promise<void>
}

/** Makes the bucket of a limit. */
export type CreateBucket = (limit: Limit) => TokenBucket
