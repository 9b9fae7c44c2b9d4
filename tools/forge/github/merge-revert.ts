import { setTimeout as sleep } from 'node:timers/promises'
import { ExpectedError } from '@goalixa/chassis/errors'
import { z } from 'zod'
import type { Write } from '../../write.ts'
import { CHECK_SECONDS, type MergedRevert, type Revert } from '../forge.ts'
import { awaitChecks } from './await-checks.ts'
import { findRevert } from './find-revert.ts'
import type { GithubClient } from './github-client.ts'
import { isMerged, RawPullRequest } from './raw-pull-request.ts'
import { readBranchRules } from './read-branch-rules.ts'
import { repositoryParameters } from './repository-parameters.ts'
import { actionTrailer } from './revert-branch.ts'

/** Waits until the pull request of a revert may be merged, and merges exactly the head that was opened. */
export function mergeRevert(github: GithubClient): Write<Revert & { withinSeconds?: number }, MergedRevert> {
  return {
    async run({ withinSeconds = CHECK_SECONDS.standard, ...revert }, call) {
      const { signal } = call
      const { repo, branch, actionId } = revert
      const pull = await findRevert(github, revert, signal)
      if (!pull)
        throw new ExpectedError('missing', 'NO_REVERT', 'This action has opened no pull request to merge.')
      if (isMerged(pull)) return mergedRevert(pull)
      await awaitMergeability(github, repo, pull.number, signal)
      const { requiredChecks: checks } = await readBranchRules(github, { repo, branch }, signal)
      await awaitChecks(github, { repo, sha: pull.head.sha, checks, withinSeconds }, signal)
      const { sha } = await github
        .write('PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge', Merged, call, {
          ...repositoryParameters(repo),
          pull_number: pull.number,
          sha: pull.head.sha,
          merge_method: await allowedMergeMethod(github, repo, signal),
          commit_message: actionTrailer(actionId),
        })
        .catch(asNotMergeable(pull.number))
      return { number: pull.number, sha }
    },
    async findEffect({ withinSeconds: _, ...revert }, { signal }) {
      const pull = await findRevert(github, revert, signal)
      return pull && isMerged(pull) ? mergedRevert(pull) : undefined
    },
  }
}

const Merged = z.looseObject({ sha: z.string() })

function mergedRevert({ number, merge_commit_sha, head }: RawPullRequest): MergedRevert {
  return { number, sha: merge_commit_sha ?? head.sha }
}

// GitHub computes in the background whether a new pull request can be merged, and answers 405 until it knows.
async function awaitMergeability(
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

async function allowedMergeMethod(github: GithubClient, repo: string, signal: AbortSignal): Promise<string> {
  const allowed = await github.read('GET /repos/{owner}/{repo}', Allowed, signal, repositoryParameters(repo))
  if (allowed.allow_merge_commit) return 'merge'
  return allowed.allow_squash_merge ? 'squash' : 'rebase'
}

// 405: the rules of the branch are not met yet. 409: the head is not the approved one.
function asNotMergeable(number: number) {
  return (error: unknown): never => {
    if (!(error instanceof ExpectedError) || (error.kind !== 'invalid' && error.kind !== 'conflict'))
      throw error
    const message = `Pull request ${number} cannot be merged now: ${error.message}`
    throw new ExpectedError('conflict', 'NOT_MERGEABLE', message, { cause: error })
  }
}
