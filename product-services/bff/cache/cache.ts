/**
 * Caches responses as the bytes that are sent. An unreachable cache behaves like an empty one and never throws. Neither cache keeps a response of
 * more than `MAX_ENTRY_BYTES`.
 */
export type Cache = {
  get: (key: string) => Promise<Buffer | undefined>
  set: (key: string, value: Buffer, ttlSeconds: number) => Promise<void>
}

/** The largest response that is cached. A dashboard has tens of kilobytes, unless tasks have long notes. */
export const MAX_ENTRY_BYTES = 1_048_576
