import { ExpectedError } from '@goalixa/chassis/errors'
import { z } from 'zod'
import { ActionId } from '../../names.ts'
import { defineTool } from '../../tool.ts'
import type { GithubClient } from './github-client.ts'
import { isMerged, RawPullRequest } from './raw-pull-request.ts'
import { Repository, repositoryParameters, Sha } from './repository.ts'
import { actionTrailer } from './revert-branch.ts'

const Input = z.strictObject({
  repo: Repository,
  /** What `forge_open_revert` gave: nobody else's pull request is closed, and none that somebody has added to. */
  number: z.number().int().min(1),
  branch: z.string().regex(/^syntra\/revert-[\w-]+$/, 'expected a branch of a revert'),
  sha: Sha,
  comment: z.string().min(1).max(2_000).optional(),
  actionId: ActionId,
})
type Wanted = z.infer<typeof Input>

export const closeRevert = defineTool({
  name: 'forge_close_revert',
  description: 'Closes a pull request that an action has opened to revert a commit, and says why.',
  effect: 'write',
  risk: 'R1',
  onlyTells: true,
  input: Input,
  async run(wanted, { github }, signal) {
    const { repo, number, sha, branch } = wanted
    const pull = await read(github, wanted, signal)
    if (isMerged(pull))
      throw new ExpectedError('conflict', 'ALREADY_MERGED', `Pull request ${number} was merged meanwhile.`)
    if (pull.head.ref !== branch || pull.head.sha !== sha)
      throw new ExpectedError('conflict', 'STATE_CHANGED', `Somebody has changed pull request ${number}.`)
    if (!(await isTold(github, wanted, signal)))
      await github.write('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', z.unknown(), signal, {
        ...repositoryParameters(repo),
        issue_number: number,
        body: commentOf(wanted),
      })
    await github.write('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', RawPullRequest, signal, {
      ...repositoryParameters(repo),
      pull_number: number,
      state: 'closed',
    })
    return { number }
  },
  async isDone(wanted, { github }, signal) {
    const pull = await read(github, wanted, signal)
    return pull.state === 'closed' && !isMerged(pull) ? { number: wanted.number } : undefined
  },
})

function read(github: GithubClient, { repo, number }: Wanted, signal: AbortSignal) {
  return github.read('GET /repos/{owner}/{repo}/pulls/{pull_number}', RawPullRequest, signal, {
    ...repositoryParameters(repo),
    pull_number: number,
  })
}

const Comments = z.array(z.looseObject({ body: z.string().nullish() }))

async function isTold(github: GithubClient, { repo, number, actionId }: Wanted, signal: AbortSignal) {
  const comments = await github.read(
    'GET /repos/{owner}/{repo}/issues/{issue_number}/comments',
    Comments,
    signal,
    { ...repositoryParameters(repo), issue_number: number, per_page: 100 },
  )
  return comments.some(({ body }) => body?.includes(actionTrailer(actionId)))
}

function commentOf({ comment, actionId }: Wanted): string {
  return `${comment ?? 'This revert did not help and is taken back.'}\n\n${actionTrailer(actionId)}`
}
