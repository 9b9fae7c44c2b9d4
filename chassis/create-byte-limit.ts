import type { FastifyReply, FastifyRequest } from 'fastify'
import { ExpectedError } from './errors.ts'
import { hasEnded } from './has-ended.ts'

type Options = {
  /** What the bodies of all unanswered requests may have together. */
  maxBytes: number
  /** The error beyond it; TOO_MANY_BYTES by default. */
  refuse?: () => ExpectedError
}

type Entry = { reply: FastifyReply; bytes: number; owner: string | undefined; calls: number }

/** Runs a call that needs the body, which counts until the call has ended, even if the client goes away meanwhile. */
export type HoldBytes = <T>(call: () => Promise<T>) => Promise<T>

/**
 * Creates a limit of the bytes of bodies in flight, which bounds the memory of a process. It admits a request before its body is read, by the
 * length that it declares, or by the limit of its route if it declares none; beyond the limit it throws. If an `owner` is given, the bodies
 * of one owner may together take a quarter of the bytes; one that is the owner's only body may be larger. A body that is the only one in flight is
 * always admitted.
 */
export function createByteLimit({ maxBytes, refuse = tooManyBytes }: Options) {
  const entries = new Set<Entry>()

  return function admit(request: FastifyRequest, reply: FastifyReply, owner?: string): HoldBytes {
    const bytes = countBytes(request)
    if (bytes === 0) return call => call()
    if (!hasRoom(bytes, owner)) throw refuse()
    const entry: Entry = { reply, bytes, owner, calls: 0 }
    entries.add(entry)
    // The room is what the entries say; an event only says when to look, so one that never comes costs nothing.
    const leave = () => removeIfEnded(entry)
    reply.raw.once('close', leave)
    request.raw.once('close', leave)

    return call => {
      entry.calls += 1
      return call().finally(() => {
        entry.calls -= 1
        leave()
      })
    }
  }

  function hasRoom(bytes: number, owner: string | undefined): boolean {
    for (const entry of entries) removeIfEnded(entry)
    const own = owner === undefined ? [] : [...entries].filter(entry => entry.owner === owner)
    return fits(bytes, [...entries], maxBytes) && fits(bytes, own, maxBytes / 4)
  }

  function removeIfEnded(entry: Entry): void {
    if (entry.calls === 0 && hasEnded(entry.reply)) entries.delete(entry)
  }
}

function fits(bytes: number, others: readonly Entry[], maxBytes: number): boolean {
  return others.length === 0 || others.reduce((sum, entry) => sum + entry.bytes, bytes) <= maxBytes
}

function countBytes({ headers, routeOptions }: FastifyRequest): number {
  const limit = routeOptions.bodyLimit
  if (headers['transfer-encoding'] !== undefined) return limit
  return Math.min(Number(headers['content-length'] ?? 0), limit)
}

function tooManyBytes() {
  return new ExpectedError(
    'too-many',
    'TOO_MANY_BYTES',
    'Too much is being uploaded at the moment. Wait a moment, then try again.',
    { retryAfterSeconds: 1 },
  )
}
