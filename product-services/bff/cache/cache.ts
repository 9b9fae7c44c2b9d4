/** Keeps answers for a while, as the bytes that are sent. A cache that can not be reached is an empty one, never an error. */
export type Cache = {
  get: (key: string) => Promise<Buffer | undefined>
  set: (key: string, value: Buffer, ttlSeconds: number) => Promise<void>
  close: () => Promise<void>
}
