import { setTimeout as wait } from 'node:timers/promises'
import type { Job, JobContext } from './schedule.ts'

/** Runs every job repeatedly, with its pause between runs; each run gets the time at which it starts. `stop` aborts the pauses and waits for running jobs. */
export function runSchedule<Context extends Pick<JobContext, 'config' | 'log'>>(
  schedule: Record<string, Job<Context>>,
  context: Context,
  readTime: () => Promise<Date>,
) {
  const stopping = new AbortController()
  const running = Object.entries(schedule).map(([name, job]) => repeat(name, job))
  return {
    async stop() {
      stopping.abort()
      await Promise.all(running)
    },
  }

  async function repeat(name: string, { everyMs, run }: Job<Context>) {
    const { signal } = stopping
    const pauseMs = typeof everyMs === 'number' ? everyMs : everyMs(context.config)
    while (!signal.aborted) {
      await readTime()
        .then(now => run(context, now, signal))
        .catch(error => context.log.warn({ err: error, job: name }, 'periodic job failed'))
      await wait(pauseMs, undefined, { signal }).catch(() => {})
    }
  }
}
