import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Change, GithubContext } from '../github-context.ts'
import { notFound, validationFailed } from '../http/github-error.ts'
import { paginate } from '../http/paginate.ts'
import { readBody } from '../http/read-body.ts'
import { findPull } from '../pulls/find-pull.ts'
import { renderReviewComment } from '../render/render-review.ts'
import { type ReviewComment, takeId } from '../store/repository-state.ts'

type NumberParams = { Params: { number: string } }

const NewComment = z.object({
  body: z.string().min(1),
  path: z.string().optional(),
  commit_id: z.string().optional(),
  line: z.number().int().positive().optional(),
  side: z.enum(['LEFT', 'RIGHT']).default('RIGHT'),
  in_reply_to: z.number().int().optional(),
})

/** Serves comments on lines of a pull request. */
export function pullCommentsRoutes(app: FastifyInstance, context: GithubContext) {
  app.get<NumberParams>('/pulls/:number/comments', (request, reply) => {
    const { state } = context.open(request)
    const pull = findPull(state, request.params.number)
    const comments = state.reviewComments.filter(comment => comment.pull === pull.number)
    return paginate(
      request,
      reply,
      comments.map(comment => renderReviewComment(state, comment, context.baseUrl())),
    )
  })

  app.post<NumberParams>('/pulls/:number/comments', (request, reply) =>
    context.change(request, change => {
      const body = readBody(NewComment, request.body, 'PullRequestReviewComment')
      const comment = addComment(change, request.params.number, body)
      reply.status(201)
      return renderReviewComment(change.draft, comment, change.baseUrl)
    }),
  )

  app.post<{ Params: { number: string; id: string } }>(
    '/pulls/:number/comments/:id/replies',
    (request, reply) =>
      context.change(request, change => {
        const { body } = readBody(NewComment, request.body, 'PullRequestReviewComment')
        const reply_to = Number(request.params.id)
        const comment = addComment(change, request.params.number, {
          body,
          side: 'RIGHT',
          in_reply_to: reply_to,
        })
        reply.status(201)
        return renderReviewComment(change.draft, comment, change.baseUrl)
      }),
  )
}

function addComment(
  { draft, login, now }: Change,
  number: string,
  body: z.infer<typeof NewComment>,
): ReviewComment {
  const pull = findPull(draft, number)
  const parent = draft.reviewComments.find(
    ({ id, pull: of }) => id === body.in_reply_to && of === pull.number,
  )
  if (body.in_reply_to !== undefined && !parent) throw notFound()
  const path = parent?.path ?? body.path
  if (path === undefined)
    throw validationFailed({ resource: 'PullRequestReviewComment', field: 'path', code: 'missing_field' })
  const comment: ReviewComment = {
    id: takeId(draft),
    pull: pull.number,
    reviewId: parent?.reviewId ?? null,
    user: login,
    body: body.body,
    path,
    line: parent?.line ?? body.line ?? null,
    side: parent?.side ?? body.side,
    commitId: body.commit_id ?? pull.headSha,
    inReplyTo: parent?.id ?? null,
    createdAt: now.toISOString(),
  }
  draft.reviewComments.push(comment)
  return comment
}
