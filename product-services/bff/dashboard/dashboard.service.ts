import { Me } from '@goalixa/auth/sessions/sessions.schema'
import { ExpectedError } from '@goalixa/chassis/errors'
import { Project, pageSchema, Task } from '@goalixa/core/entities/entities.schema'
import { SummaryReport } from '@goalixa/core/reports/reports.schema'
import { Timer } from '@goalixa/core/timer/timer.schema'
import { dateAt } from '@goalixa/rules/time/calendar-days'
import { z } from 'zod'
import type { Cache } from '../cache/cache.ts'
import type { Upstream } from '../proxy/upstream.ts'
import type { Session } from '../sessions/find-session.ts'
import { createSingleFlight } from '../sessions/single-flight.ts'
import { canonicalTimeZone } from './canonical-time-zone.ts'
import type { Dashboard, Part } from './dashboard.schema.ts'

type Deps = { auth: Upstream; core: Upstream; cache: Cache; now: () => number }

const TTL_SECONDS = 120
const Head = z.object({ head: z.number().int() })

/**
 * Creates the service that reads one user's dashboard. The cache key contains the user's id, the parameters and the head
 * of the user's data, so that an entry can be neither another user's nor outdated.
 */
export function createDashboardService({ auth, core, cache, now }: Deps) {
  const share = createSingleFlight<Buffer>()

  return {
    /**
     * Returns a `Dashboard` as the bytes of its JSON, because parsing, validating and serialising 200 cached tasks would
     * cost more than everything else. Throws if core's head cannot be read; other parts that cannot be read are in `missing`.
     */
    async read({ userId, accessToken }: Session, { time_zone }: { time_zone: string }): Promise<Buffer> {
      const get = reader(accessToken)
      const timeZone = canonicalTimeZone(time_zone)
      const date = dateAt(now(), timeZone)
      const { head } = await get(core, '/v1/head', Head)
      const key = `v1:${userId}:dashboard:${date},${timeZone}:${head}`
      const cached = await cache.get(key)
      if (cached !== undefined) return cached
      return share(key, async () => {
        const dashboard = await collect(get, date, timeZone)
        const bytes = Buffer.from(JSON.stringify(dashboard))
        if (dashboard.missing.length === 0) await cache.set(key, bytes, TTL_SECONDS)
        return bytes
      })
    },
  }

  async function collect(get: Get, date: string, timeZone: string): Promise<Dashboard> {
    const day = new URLSearchParams({ from: date, to: date, time_zone: timeZone, running: 'exclude' })
    const [user, projects, tasks, timer, summary] = await Promise.allSettled([
      get(auth, '/v1/me', Me),
      get(core, '/v1/projects', pageSchema(Project)),
      get(core, '/v1/tasks?status=active', pageSchema(Task)),
      get(core, '/v1/timer', Timer),
      get(core, `/v1/reports/summary?${day}`, SummaryReport),
    ])
    const parts: Record<Part, PromiseSettledResult<unknown>> = {
      user,
      projects,
      tasks,
      timer,
      today: summary,
    }
    const missing = (Object.keys(parts) as Part[]).filter(part => parts[part].status === 'rejected')
    return {
      user: resultOf(user)?.user ?? null,
      projects: resultOf(projects)?.items ?? null,
      tasks: resultOf(tasks)?.items ?? null,
      timer: resultOf(timer)?.entry ?? null,
      today: summary.status === 'fulfilled' ? { date, timeZone, seconds: summary.value.totalSeconds } : null,
      missing,
    }
  }
}
export type DashboardService = ReturnType<typeof createDashboardService>

type Get = ReturnType<typeof reader>

function reader(accessToken: string) {
  return async <S extends z.ZodType>(upstream: Upstream, path: string, schema: S): Promise<z.infer<S>> => {
    const answer = await upstream(path, { headers: { authorization: `Bearer ${accessToken}` } })
    if (answer.status === 200) return schema.parse(answer.body)
    throw new ExpectedError('bad-upstream', 'UPSTREAM_REFUSED', `${path} was answered ${answer.status}.`)
  }
}

function resultOf<T>(result: PromiseSettledResult<T>): T | undefined {
  return result.status === 'fulfilled' ? result.value : undefined
}
