import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { afterAll, beforeAll } from 'vitest'
import { runCrashScenario } from './crash-scenario.ts'

type Options = Omit<Parameters<typeof runCrashScenario>[0], 'postgres'>
type Result = Omit<Awaited<ReturnType<typeof runCrashScenario>>, 'checks'>

/** Sets up a file of crash tests: one PostgreSQL for all, and what the scenario results in when no worker is disturbed. */
export function useCrashScenario() {
  let postgres: TestPostgres
  let undisturbed: Result

  const run = (options: Options) => runCrashScenario({ postgres, ...options })
  beforeAll(async () => {
    postgres = await startPostgres()
    // Nobody has to take over, so that a busy machine may be slow. How often recovery is checked is a matter of timing.
    const { checks: _checks, ...result } = await run({ settings: { SYNTRA_JOB_LOCK_SECONDS: '10' } })
    undisturbed = result
  })
  afterAll(() => postgres.stop())

  return {
    run,
    get undisturbed() {
      return undisturbed
    },
  }
}
