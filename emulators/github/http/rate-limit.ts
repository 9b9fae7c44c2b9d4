import type { FastifyReply, FastifyRequest } from 'fastify'
import { GithubError } from './github-error.ts'

const HOUR_MS = 3_600_000

/** Counts calls per login and hour, and reports them in GitHub's headers. Throws 403 when the limit is reached. */
export function createRateLimit({ limit, now }: { limit: number; now: () => Date }) {
  const windows = new Map<string, { used: number; resetAt: number }>()

  function windowOf(login: string) {
    const known = windows.get(login)
    if (known && known.resetAt > now().getTime()) return known
    const fresh = { used: 0, resetAt: now().getTime() + HOUR_MS }
    windows.set(login, fresh)
    return fresh
  }

  return {
    count(request: FastifyRequest, reply: FastifyReply) {
      const login = request.login ?? request.ip
      const { resetAt, used } = windowOf(login)
      if (used >= limit) {
        reply.headers(headersOf(limit, limit, resetAt))
        throw new GithubError(403, `API rate limit exceeded for user ${login}.`)
      }
      windowOf(login).used += 1
      reply.headers(headersOf(limit, used + 1, resetAt))
    },
    /** Refunds a conditional request that is answered 304: it does not count. */
    giveBack(request: FastifyRequest) {
      windowOf(request.login ?? request.ip).used -= 1
    },
    read(request: FastifyRequest) {
      const { used, resetAt } = windowOf(request.login ?? request.ip)
      return { limit, used, remaining: limit - used, reset: Math.ceil(resetAt / 1000) }
    },
  }
}
export type RateLimit = ReturnType<typeof createRateLimit>

function headersOf(limit: number, used: number, resetAt: number) {
  return {
    'x-ratelimit-limit': limit,
    'x-ratelimit-used': used,
    'x-ratelimit-remaining': limit - used,
    'x-ratelimit-reset': Math.ceil(resetAt / 1000),
    'x-ratelimit-resource': 'core',
  }
}
