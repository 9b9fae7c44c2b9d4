import type { Context, Running } from '../../controllers/controller.ts'
import { events, lastSeenAt } from './kind.ts'

/** Events are deleted an hour after they were last seen: the default of the API server. */
const TTL_MS = 3_600_000
const SWEEP_MS = 60_000

/** Deletes old events once a minute. */
export function runEventTtl({ cluster }: Context): Running {
  const timer = setInterval(() => {
    const oldest = cluster.now().getTime() - TTL_MS
    for (const event of cluster.list(events))
      if (Date.parse(lastSeenAt(event)) < oldest)
        cluster.remove(events, event.metadata.namespace, event.metadata.name)
  }, SWEEP_MS)
  timer.unref()
  return { stop: () => clearInterval(timer) }
}
