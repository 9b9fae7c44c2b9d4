import { ExpectedError } from '@goalixa/chassis/errors'
import { z } from 'zod'
import { type Account, Actor, isAccount } from './account.ts'
import type { GitWriter } from './git-data.ts'
import type { GithubClient } from './github-client.ts'
import { SCRATCH_PREFIX } from './merge-commits.ts'
import { repositoryParameters } from './repository-parameters.ts'

/** A merge on a scratch branch takes seconds, and each of its requests has a deadline of ten. */
const UNUSED_MS = 3_600_000
/** Anyone can push branches with the prefix; the next revert goes on with the rest. */
const MAX_BRANCHES = 10

const Reference = z.looseObject({ ref: z.string(), object: z.looseObject({ sha: z.string() }) })
const Activity = z.looseObject({
  ref: z.string(),
  timestamp: z.iso.datetime({ offset: true }),
  activity_type: z.string(),
  actor: Actor,
})
type Activity = z.infer<typeof Activity>

/**
 * Deletes scratch branches that killed workers have left behind: those of which GitHub says that nobody but our account has created or moved
 * them, more than an hour before the newest activity in the repository. Both times are GitHub's. Any other branch is left alone. Resolves with the
 * names of the deleted branches.
 */
export async function sweepScratchBranches(
  github: GithubClient,
  git: GitWriter,
  repository: string,
  account: Account,
  signal: AbortSignal,
): Promise<string[]> {
  const parameters = repositoryParameters(repository)
  const references = await github.read(
    'GET /repos/{owner}/{repo}/git/matching-refs/{ref}',
    z.array(Reference),
    signal,
    { ...parameters, ref: `heads/${SCRATCH_PREFIX}`, per_page: MAX_BRANCHES },
  )
  if (references.length === 0) return []
  const readActivity = (more: object) =>
    github.read('GET /repos/{owner}/{repo}/activity', z.array(Activity), signal, {
      ...parameters,
      direction: 'desc',
      ...more,
    })
  const [newest] = await readActivity({ per_page: 1 })
  if (newest === undefined) return []
  const deleted: string[] = []
  for (const { ref, object } of references.slice(0, MAX_BRANCHES)) {
    const activities = await readActivity({ ref, per_page: 100 })
    if (!isLeftover(activities, account, Date.parse(newest.timestamp))) continue
    const branch = ref.replace('refs/heads/', '')
    await git.deleteBranchAt(branch, object.sha).catch(unlessGone)
    deleted.push(branch)
  }
  return deleted
}

function isLeftover(activities: Activity[], account: Account, latestMs: number): boolean {
  return (
    activities.some(({ activity_type }) => activity_type === 'branch_creation') &&
    activities.every(
      ({ actor, timestamp }) => isAccount(account, actor) && latestMs - Date.parse(timestamp) > UNUSED_MS,
    )
  )
}

// Another worker may have swept it.
function unlessGone(error: unknown): void {
  if (!(error instanceof ExpectedError) || error.kind !== 'missing') throw error
}
