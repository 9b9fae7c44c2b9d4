import { ExpectedError } from '@goalixa/chassis/errors'
import { z } from 'zod'
import type { Write } from '../../write.ts'
import type { WriteCall } from '../../write-call.ts'
import type { OpenedRevert, Revert } from '../forge.ts'
import { type Account, isAccount, readAccount } from './account.ts'
import { computeRevert } from './compute-revert.ts'
import { describeHead } from './describe-head.ts'
import { findPreparedRevert } from './find-prepared-revert.ts'
import { findRevert } from './find-revert.ts'
import { createGitWriter, type GitCommit, type GitWriter } from './git-data.ts'
import type { GithubClient } from './github-client.ts'
import { isApprovedRevert } from './prove-revert.ts'
import { RawPullRequest } from './raw-pull-request.ts'
import { repositoryParameters } from './repository-parameters.ts'
import { revertBranches } from './revert-branch.ts'
import { sweepScratchBranches } from './sweep-scratch-branches.ts'

/** Pushes the revert of a commit to a branch of its own and opens a pull request for it. */
export function openRevert(github: GithubClient): Write<Revert & { body?: string }, OpenedRevert> {
  return {
    async run({ body, ...revert }, call) {
      const git = createGitWriter(github, revert.repo, call)
      const account = await readAccount(github, call.signal)
      const present = await findRevert(github, revert, account, call.signal)
      if (present) return provenOrThrow(git, revert, present, account)
      const prepared = await findPreparedRevert(github, git, revert, account, call.signal)
      const { sha, message } = prepared ?? (await createRevert(git, revert, account))
      const [title = ''] = message.split('\n')
      const pull = { title, body: body ?? `This reverts commit ${revert.sha}.` }
      const opened = await openPull(github, git, revert, { ...pull, sha, account }, call)
      // Its own branch is the newest activity. A leftover is harmless: a sweep that fails must not fail the revert.
      await sweepScratchBranches(github, git, revert.repo, account, call.signal).catch(() => undefined)
      return opened
    },
    async findEffect({ body: _, ...revert }, call) {
      const account = await readAccount(github, call.signal)
      const pull = await findRevert(github, revert, account, call.signal)
      if (pull === undefined) return undefined
      const git = createGitWriter(github, revert.repo, call)
      return (await isApprovedRevert(git, revert, pull.head.sha, account)) ? openedRevert(pull) : undefined
    },
  }
}

async function createRevert(git: GitWriter, revert: Revert, account: Account): Promise<GitCommit> {
  const parent = await git.branchAt(revert.branch)
  const { message, tree } = await computeRevert(git, revert, parent, account)
  return git.createCommit({ message, tree, parent, account })
}

async function provenOrThrow(
  git: GitWriter,
  revert: Revert,
  pull: RawPullRequest,
  account: Account,
): Promise<OpenedRevert> {
  if (await isApprovedRevert(git, revert, pull.head.sha, account)) return openedRevert(pull)
  throw new ExpectedError(
    'conflict',
    'REVERT_CHANGED',
    `Pull request ${pull.number} of Syntra no longer has the content that was approved: ${await describeHead(git, pull)}. It is left as it is.`,
  )
}

type NewPull = { title: string; body: string; sha: string; account: Account }

async function openPull(
  github: GithubClient,
  git: GitWriter,
  revert: Revert,
  { sha, account, ...pull }: NewPull,
  call: WriteCall,
): Promise<OpenedRevert> {
  const parameters = repositoryParameters(revert.repo)
  for (const branch of revertBranches(revert.sha, revert.actionId, sha)) {
    // Someone else's branch of that name is left alone; the next name will do.
    if (!(await git.createBranch(branch, sha))) continue
    try {
      const { number } = await github.write('POST /repos/{owner}/{repo}/pulls', RawPullRequest, call, {
        ...parameters,
        ...pull,
        head: branch,
        base: revert.branch,
      })
      return { number, branch, sha }
    } catch (error) {
      if (!(error instanceof ExpectedError) || error.code !== 'UPSTREAM_REFUSED') throw error
      const [open] = await github.read(
        'GET /repos/{owner}/{repo}/pulls',
        z.array(RawPullRequest),
        call.signal,
        {
          ...parameters,
          head: `${parameters.owner}:${branch}`,
          base: revert.branch,
        },
      )
      if (open === undefined) throw error
      // An earlier request of ours may have arrived late.
      if (isAccount(account, open.user) && open.head.sha === sha) return openedRevert(open)
    }
  }
  throw new ExpectedError(
    'conflict',
    'BRANCH_TAKEN',
    `Someone else uses the branches ${revertBranches(revert.sha, revert.actionId, sha).join(', ')} of ${revert.repo}; delete them, and start another investigation.`,
  )
}

function openedRevert({ number, head }: RawPullRequest): OpenedRevert {
  return { number, branch: head.ref, sha: head.sha }
}
