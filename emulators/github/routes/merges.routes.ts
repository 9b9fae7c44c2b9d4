import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { readCommit } from '../git/list-commits.ts'
import { isAncestor, mergeCommits } from '../git/merge-commits.ts'
import { readRef, resolveCommit } from '../git/read-refs.ts'
import { personOf, writeCommit } from '../git/write-commit.ts'
import type { GithubContext } from '../github-context.ts'
import { GithubError, notFound } from '../http/github-error.ts'
import { readBody } from '../http/read-body.ts'
import { pushRejection } from '../protection/find-unmet-requirement.ts'
import { moveRef } from '../pulls/move-ref.ts'
import { renderCommit } from '../render/render-commit.ts'

const Merge = z.object({ base: z.string(), head: z.string(), commit_message: z.string().optional() })

/**
 * Serves `POST /merges`: merges a branch or commit into a branch. 201 with the merge commit, 204 if already merged, 409
 * on a conflict.
 */
export function mergesRoutes(app: FastifyInstance, context: GithubContext) {
  app.post('/merges', (request, reply) =>
    context.change(request, async change => {
      const { directory, draft, login, now, repoUrl } = change
      const { base, head, commit_message } = readBody(Merge, request.body, 'Merge')
      const ours = await readRef(directory, `refs/heads/${base}`)
      if (ours === null) throw notFound('Base does not exist')
      const theirs = await resolveCommit(directory, head)
      if (theirs === null) throw notFound('Head does not exist')
      if (await isAncestor(directory, theirs, ours)) {
        reply.status(204)
        return
      }
      const refusal = pushRejection(draft, base)
      if (refusal !== null) throw new GithubError(409, refusal)
      const merged = await mergeCommits(directory, ours, theirs)
      if (merged.tree === null) throw new GithubError(409, 'Merge conflict')
      const person = personOf(login, now)
      const sha = await writeCommit(directory, {
        tree: merged.tree,
        parents: [ours, theirs],
        message: commit_message ?? `Merge ${head} into ${base}`,
        author: person,
        committer: person,
      })
      await moveRef(change, `refs/heads/${base}`, sha)
      reply.status(201)
      return renderCommit(await readCommit(directory, sha), repoUrl)
    }),
  )
}
