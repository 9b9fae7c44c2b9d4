import { Me } from '@goalixa/auth/sessions/sessions.schema'
import { ExpectedError } from '@goalixa/chassis/errors'
import { Project, pageSchema, Task } from '@goalixa/core/entities/entities.schema'
import { SummaryReport } from '@goalixa/core/reports/reports.schema'
import { Timer } from '@goalixa/core/timer/timer.schema'
import { dateAt } from '@goalixa/rules/time/calendar-days'
import { z } from 'zod'
import type { Cache } from '../cache/cache.ts'
import type { Upstream } from '../proxy/upstream.ts'
import { createSingleFlight } from '../sessions/single-flight.ts'
import { canonicalTimeZone } from './canonical-time-zone.ts'
import type { Dashboard, Part } from './dashboard.schema.ts'

type Caller = { userId: string; accessToken: string }
type Deps = { auth: Upstream; core: Upstream; cache: Cache; now: () => number }

const TTL_SECONDS = 120
/** The pages of one list: 4,000 rows, or 8 MB of text, is the most that the page shows without delay. */
const MAX_PAGES = 4
const Head = z.object({ head: z.number().int() })

/**
 * Creates the service that reads one user's dashboard. The cache holds one entry per user, however many time zones they ask for. It begins with a
 * line that names the parameters and the head of the user's data, so that it is never taken for another question or for newer data.
 */
export function createDashboardService({ auth, core, cache, now }: Deps) {
  const share = createSingleFlight<Buffer>()

  return {
    /**
     * Returns a `Dashboard` as the bytes of its JSON, because parsing, validating and serialising 200 cached tasks would
     * cost more than everything else. Throws if core's head cannot be read; other parts that cannot be read are in `missing`.
     */
    async read({ userId, accessToken }: Caller, { time_zone }: { time_zone: string }): Promise<Buffer> {
      const get = reader(accessToken)
      const timeZone = canonicalTimeZone(time_zone)
      const date = dateAt(now(), timeZone)
      const { head } = await get(core, '/v1/head', Head)
      const key = `v2:${userId}:dashboard`
      const mark = Buffer.from(`${date},${timeZone},${head}\n`)
      const cached = await cache.get(key)
      if (cached?.subarray(0, mark.length).equals(mark)) return cached.subarray(mark.length)
      return share(`${key} ${mark}`, async () => {
        const dashboard = await collect(get, date, timeZone)
        const bytes = Buffer.from(JSON.stringify(dashboard))
        if (dashboard.missing.length === 0) await cache.set(key, Buffer.concat([mark, bytes]), TTL_SECONDS)
        return bytes
      })
    },
  }

  async function collect(get: Get, date: string, timeZone: string): Promise<Dashboard> {
    const day = new URLSearchParams({ from: date, to: date, time_zone: timeZone })
    const [user, projects, tasks, timer, summary] = await Promise.allSettled([
      get(auth, '/v1/me', Me),
      readList({ get, core }, '/v1/projects', Project),
      readList({ get, core }, '/v1/tasks?status=active', Task),
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
      projects: resultOf(projects) ?? null,
      tasks: resultOf(tasks) ?? null,
      timer: resultOf(timer)?.entry ?? null,
      today: summary.status === 'fulfilled' ? { date, timeZone, ...countToday(summary.value) } : null,
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

async function readList<S extends z.ZodType>(
  { get, core }: { get: Get; core: Upstream },
  path: string,
  row: S,
): Promise<z.infer<S>[]> {
  const items: z.infer<S>[] = []
  const url = new URL(path, 'http://core')
  url.searchParams.set('limit', '1000')
  for (let page = 0; page < MAX_PAGES; page++) {
    const found = await get(core, `${url.pathname}${url.search}`, pageSchema(row))
    items.push(...found.items)
    if (found.next === null) return items
    url.searchParams.set('after', found.next)
  }
  throw new ExpectedError('bad-upstream', 'TOO_MANY_ROWS', `${path} has more than ${MAX_PAGES} pages.`)
}

function countToday({ totalSeconds, live }: SummaryReport) {
  return { seconds: totalSeconds - (live?.seconds ?? 0), runningSince: live?.since ?? null }
}

function resultOf<T>(result: PromiseSettledResult<T>): T | undefined {
  return result.status === 'fulfilled' ? result.value : undefined
}
