/** Caches responses as the bytes that are sent. An unreachable cache behaves like an empty one and never throws. */
export type Cache = {
  get: (key: string) => Promise<Buffer | undefined>
  set: (key: string, value: Buffer, ttlSeconds: number) => Promise<void>
}
