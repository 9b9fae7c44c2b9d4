import { setTimeout as sleep } from 'node:timers/promises'
import { ExpectedError } from '@goalixa/chassis/errors'
import { z } from 'zod'
import type { Write } from '../../write.ts'
import { CHECK_SECONDS, type MergedRevert, type Revert } from '../forge.ts'
import { readAccount } from './account.ts'
import { awaitChecks } from './await-checks.ts'
import { replicationError } from './await-replication.ts'
import { describeHead } from './describe-head.ts'
import { findRevert } from './find-revert.ts'
import { createGitWriter, type GitWriter } from './git-data.ts'
import type { GithubClient } from './github-client.ts'
import { isApprovedRevert, isMergeOf } from './prove-revert.ts'
import { isMerged, type RawPullRequest } from './raw-pull-request.ts'
import { readBranchRules } from './read-branch-rules.ts'
import { readPullRequest } from './read-pull-request.ts'
import { repositoryParameters } from './repository-parameters.ts'
import { actionTrailer } from './revert-branch.ts'

/** Waits until the pull request of a revert may be merged, and merges exactly the commit that was approved. */
export function mergeRevert(github: GithubClient): Write<Revert & { withinSeconds?: number }, MergedRevert> {
  return {
    async run({ withinSeconds = CHECK_SECONDS.standard, ...revert }, call) {
      const { signal } = call
      const { repo, branch, actionId } = revert
      const git = createGitWriter(github, repo, call)
      const account = await readAccount(github, signal)
      const pull = await findRevert(github, revert, account, signal)
      if (!pull)
        throw new ExpectedError('missing', 'NO_REVERT', 'This action has opened no pull request to merge.')
      const { number, head } = pull
      if (!(await isApprovedRevert(git, revert, head.sha, account))) throw await notApproved(git, pull)
      if (isMerged(pull)) return mergedOrThrow(git, revert, pull, signal)
      await awaitMergeability(github, repo, number, signal)
      const { requiredChecks: checks } = await readBranchRules(github, { repo, branch }, signal)
      await awaitChecks(github, { repo, sha: head.sha, checks, withinSeconds }, signal)
      // The merge names the head but cannot name the branch, which anyone may have changed during the wait.
      const latest = await readPullRequest(github, { repo, number }, signal)
      if (latest.head.sha !== head.sha || latest.base.ref !== branch) throw await notApproved(git, latest)
      const { sha } = await github
        .write('PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge', Merged, call, {
          ...repositoryParameters(repo),
          pull_number: number,
          sha: head.sha,
          merge_method: await allowedMergeMethod(github, repo, signal),
          commit_message: actionTrailer(actionId),
        })
        .catch(async error => {
          if (!(error instanceof ExpectedError) || !REFUSALS.has(error.code)) throw error
          const latest = await readPullRequest(github, { repo, number }, signal)
          throw latest.head.sha === head.sha ? asNotMergeable(number, error) : await notApproved(git, latest)
        })
      return mergedOrThrow(git, revert, { ...pull, merge_commit_sha: sha }, signal)
    },
    async findEffect({ withinSeconds: _, ...revert }, call) {
      const account = await readAccount(github, call.signal)
      const pull = await findRevert(github, revert, account, call.signal)
      if (!pull || !isMerged(pull)) return undefined
      const git = createGitWriter(github, revert.repo, call)
      const isOurs =
        (await isApprovedRevert(git, revert, pull.head.sha, account)) &&
        (await isMergeOf(git, revert, pull.head.sha, mergedRevert(pull).sha))
      return isOurs ? mergedRevert(pull) : undefined
    },
  }
}

const Merged = z.looseObject({ sha: z.string() })

function mergedRevert({ number, merge_commit_sha, head }: RawPullRequest): MergedRevert {
  return { number, sha: merge_commit_sha ?? head.sha }
}

async function mergedOrThrow(
  git: GitWriter,
  revert: Revert,
  pull: RawPullRequest,
  signal: AbortSignal,
): Promise<MergedRevert> {
  const merged = mergedRevert(pull)
  for (const pauseMs of [250, 500, 1_000, 0]) {
    const isMerge = await isMergeOf(git, revert, pull.head.sha, merged.sha).catch(error => {
      throw error instanceof ExpectedError && error.kind === 'missing'
        ? replicationError(`the merge of pull request ${merged.number}`, error)
        : error
    })
    if (isMerge) return merged
    // Right after the merge, GitHub may still answer with the branch as it was before.
    await sleep(pauseMs, undefined, { signal })
  }
  throw new ExpectedError(
    'conflict',
    'REVERT_CHANGED',
    `Pull request ${pull.number} was merged as commit ${merged.sha}, which is not the merge of the approved revert into ${revert.branch}.`,
  )
}

async function notApproved(git: GitWriter, pull: RawPullRequest): Promise<ExpectedError> {
  const outcome = isMerged(pull)
    ? 'It was merged by someone else.'
    : 'It is not merged, and is left as it is.'
  return new ExpectedError(
    'conflict',
    'REVERT_CHANGED',
    `Pull request ${pull.number} does not have the content that was approved: ${await describeHead(git, pull)}, to be merged into ${pull.base.ref}. ${outcome}`,
  )
}

// GitHub computes in the background whether a new pull request can be merged, and answers 405 until it knows.
async function awaitMergeability(
  github: GithubClient,
  repo: string,
  number: number,
  signal: AbortSignal,
): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) {
    const pull = await readPullRequest(github, { repo, number }, signal)
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

// 405: the rules of the branch are not met yet. 409: the head is another commit.
const REFUSALS = new Set(['UPSTREAM_REFUSED', 'UPSTREAM_CONFLICT'])

function asNotMergeable(number: number, cause: ExpectedError): ExpectedError {
  const message = `Pull request ${number} cannot be merged now: ${cause.message}`
  return new ExpectedError('conflict', 'NOT_MERGEABLE', message, { cause })
}
