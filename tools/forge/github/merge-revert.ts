import { setTimeout as sleep } from 'node:timers/promises'
import { ExpectedError } from '@goalixa/chassis/errors'
import { z } from 'zod'
import { ActionId } from '../../names.ts'
import { defineTool } from '../../tool.ts'
import { awaitChecks } from './await-checks.ts'
import { findRevert } from './find-revert.ts'
import type { GithubClient } from './github-client.ts'
import { isMerged, RawPullRequest } from './raw-pull-request.ts'
import { readBranchRules } from './read-branch-rules.ts'
import { Ref, Repository, repositoryParameters, Sha } from './repository.ts'
import { actionTrailer } from './revert-branch.ts'

const CHECK_SECONDS = { standard: 600, most: 900 }

export const mergeRevert = defineTool({
  name: 'forge_merge_revert',
  description:
    'Waits for the required checks of the pull request that the same action opened to revert a commit, and merges it.',
  effect: 'write',
  risk: 'R3',
  timeoutMs: (CHECK_SECONDS.most + 60) * 1000,
  input: z.strictObject({
    repo: Repository,
    branch: Ref,
    sha: Sha,
    /** How long to wait for required checks. */
    withinSeconds: z.number().int().min(1).max(CHECK_SECONDS.most).optional(),
    actionId: ActionId,
  }),
  async run({ withinSeconds = CHECK_SECONDS.standard, ...wanted }, clients, signal) {
    const { github } = clients
    const pull = await findRevert(github, wanted, signal)
    if (!pull)
      throw new ExpectedError('missing', 'NO_REVERT', 'This action has opened no pull request to merge.')
    if (isMerged(pull)) return { number: pull.number, sha: pull.merge_commit_sha ?? pull.head.sha }
    await settled(github, wanted.repo, pull.number, signal)
    const { repo, branch } = wanted
    const { requiredChecks: checks } = await readBranchRules.run({ repo, branch }, clients, signal)
    await awaitChecks(github, { repo, sha: pull.head.sha, checks, withinSeconds }, signal)
    const { sha } = await github
      .write(
        'PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge',
        z.looseObject({ sha: z.string() }),
        signal,
        {
          ...repositoryParameters(wanted.repo),
          pull_number: pull.number,
          sha: pull.head.sha,
          merge_method: await methodOf(github, wanted.repo, signal),
          commit_message: actionTrailer(wanted.actionId),
        },
      )
      .catch(refusalOf(pull.number))
    return { number: pull.number, sha }
  },
  async isDone({ withinSeconds: _, ...wanted }, { github }, signal) {
    const pull = await findRevert(github, wanted, signal)
    return pull && isMerged(pull)
      ? { number: pull.number, sha: pull.merge_commit_sha ?? pull.head.sha }
      : undefined
  },
})

// GitHub works out in the background whether a new pull request can be merged, and refuses until it knows.
async function settled(
  github: GithubClient,
  repo: string,
  number: number,
  signal: AbortSignal,
): Promise<void> {
  const parameters = { ...repositoryParameters(repo), pull_number: number }
  for (let turn = 0; turn < 10; turn += 1) {
    const pull = await github.read(
      'GET /repos/{owner}/{repo}/pulls/{pull_number}',
      RawPullRequest,
      signal,
      parameters,
    )
    if (typeof pull.mergeable === 'boolean') return
    await sleep(500, undefined, { signal }).catch(() => undefined)
  }
}

const Allowed = z.looseObject({
  allow_merge_commit: z.boolean().default(true),
  allow_squash_merge: z.boolean().default(true),
})

async function methodOf(github: GithubClient, repo: string, signal: AbortSignal): Promise<string> {
  const allowed = await github.read('GET /repos/{owner}/{repo}', Allowed, signal, repositoryParameters(repo))
  if (allowed.allow_merge_commit) return 'merge'
  return allowed.allow_squash_merge ? 'squash' : 'rebase'
}

// 405: rules of the branch are not met yet. 409: the head is not the one that was approved.
function refusalOf(number: number) {
  return (error: unknown): never => {
    if (!(error instanceof ExpectedError) || (error.kind !== 'invalid' && error.kind !== 'conflict'))
      throw error
    const message = `Pull request ${number} can not be merged now: ${error.message}`
    throw new ExpectedError('conflict', 'NOT_MERGEABLE', message, { cause: error })
  }
}
