import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { readRef } from '../git/read-refs.ts'
import type { Change, GithubContext } from '../github-context.ts'
import { GithubError, notFound } from '../http/github-error.ts'
import { readBody } from '../http/read-body.ts'
import { findUnmetRequirement } from '../protection/find-unmet-requirement.ts'
import { markMerged } from '../pulls/close-pull.ts'
import { findPull } from '../pulls/find-pull.ts'
import { mergePull } from '../pulls/merge-pull.ts'
import { moveRef } from '../pulls/move-ref.ts'
import type { Pull } from '../store/repository-state.ts'

type NumberParams = { Params: { number: string } }

const Merge = z.object({
  commit_title: z.string().optional(),
  commit_message: z.string().optional(),
  sha: z.string().optional(),
  merge_method: z.enum(['merge', 'squash', 'rebase']).default('merge'),
})

/** Serves the merge of a pull request: 405 if it is not mergeable or not allowed, 409 if its head has moved. */
export function pullMergeRoutes(app: FastifyInstance, context: GithubContext) {
  app.get<NumberParams>('/pulls/:number/merge', (request, reply) => {
    const pull = findPull(context.open(request).state, request.params.number)
    if (pull.mergedAt === null) throw notFound()
    return reply.status(204).send()
  })

  app.put<NumberParams>('/pulls/:number/merge', request =>
    context.change(request, async change => {
      const body = readBody(Merge, request.body, 'PullRequest')
      const pull = findPull(change.draft, request.params.number)
      requireMergeable(change, pull, body.sha)
      const base = await readRef(change.directory, `refs/heads/${pull.baseRef}`)
      if (base === null) throw new GithubError(405, 'Base branch does not exist')
      const sha = await mergePull(change, pull, base, {
        method: body.merge_method,
        title: body.commit_title,
        message: body.commit_message,
      })
      await markMerged(change, pull, sha)
      await moveRef(change, `refs/heads/${pull.baseRef}`, sha)
      return { sha, merged: true, message: 'Pull Request successfully merged' }
    }),
  )
}

function requireMergeable({ draft }: Change, pull: Pull, expectedSha: string | undefined): void {
  if (pull.state === 'closed') throw new GithubError(405, 'Pull Request is not mergeable')
  if (pull.draft) throw new GithubError(405, 'Pull Request is still a draft')
  if (expectedSha !== undefined && expectedSha !== pull.headSha)
    throw new GithubError(409, 'Head branch was modified. Review and try the merge again.')
  const unmet = findUnmetRequirement(draft, pull)
  if (unmet !== null) throw new GithubError(405, unmet)
}
