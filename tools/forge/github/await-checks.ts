import { setTimeout as sleep } from 'node:timers/promises'
import { ExpectedError } from '@goalixa/chassis/errors'
import { pluralize } from '@goalixa/chassis/pluralize'
import { z } from 'zod'
import type { GithubClient } from './github-client.ts'
import { repositoryParameters } from './repository-parameters.ts'

const POLL_MS = 2_000

type Wanted = { repo: string; sha: string; checks: string[]; withinSeconds: number }
type Result = 'good' | 'bad' | 'open'

const Runs = z.looseObject({
  check_runs: z.array(z.looseObject({ name: z.string(), conclusion: z.string().nullish() })),
})
const Statuses = z.looseObject({
  statuses: z.array(z.looseObject({ context: z.string(), state: z.string() })),
})

/** Resolves when all required checks of a commit have passed. Throws `conflict` CHECKS_FAILED, or CHECKS_OPEN after the timeout. */
export async function awaitChecks(github: GithubClient, wanted: Wanted, signal: AbortSignal): Promise<void> {
  const { checks, sha, withinSeconds } = wanted
  if (checks.length === 0) return
  for (let turn = 0; turn * POLL_MS < withinSeconds * 1000; turn += 1) {
    const results = await resultsOf(github, wanted, signal)
    const bad = checks.filter(check => results.get(check) === 'bad')
    if (bad.length > 0)
      throw new ExpectedError(
        'conflict',
        'CHECKS_FAILED',
        `Required checks of ${sha} failed: ${bad.join(', ')}.`,
      )
    if (checks.every(check => results.get(check) === 'good')) return
    await sleep(POLL_MS, undefined, { signal })
  }
  throw new ExpectedError(
    'conflict',
    'CHECKS_OPEN',
    `The required checks of ${sha} did not end within ${pluralize(withinSeconds, 'second')}: ${checks.join(', ')}.`,
  )
}

// A check is a check run of an app or, in the older API, a commit status.
async function resultsOf(github: GithubClient, { repo, sha }: Wanted, signal: AbortSignal) {
  const parameters = { ...repositoryParameters(repo), ref: sha, per_page: 100 }
  const [runs, statuses] = await Promise.all([
    github.read('GET /repos/{owner}/{repo}/commits/{ref}/check-runs', Runs, signal, parameters),
    github.read('GET /repos/{owner}/{repo}/commits/{ref}/status', Statuses, signal, parameters),
  ])
  return new Map<string, Result>([
    ...statuses.statuses.map(status => [status.context, ofStatus(status.state)] as const),
    ...runs.check_runs.map(run => [run.name, ofRun(run.conclusion)] as const),
  ])
}

function ofStatus(state: string): Result {
  if (state === 'pending') return 'open'
  return state === 'success' ? 'good' : 'bad'
}

function ofRun(conclusion: string | null | undefined): Result {
  if (!conclusion) return 'open'
  return ['success', 'neutral', 'skipped'].includes(conclusion) ? 'good' : 'bad'
}
