import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Change, GithubContext } from '../github-context.ts'
import { GithubError, notFound, unprocessable } from '../http/github-error.ts'
import { paginate } from '../http/paginate.ts'
import { readBody } from '../http/read-body.ts'
import { findPull } from '../pulls/find-pull.ts'
import { renderPull } from '../render/render-pull.ts'
import { renderRepository } from '../render/render-repository.ts'
import { renderReview } from '../render/render-review.ts'
import { renderUser } from '../render/render-user.ts'
import { type Pull, type Review, takeId } from '../store/repository-state.ts'

type NumberParams = { Params: { number: string } }
type ReviewParams = { Params: { number: string; id: string } }

const STATE_OF = { APPROVE: 'APPROVED', REQUEST_CHANGES: 'CHANGES_REQUESTED', COMMENT: 'COMMENTED' } as const
const NewReview = z.object({
  event: z.enum(['APPROVE', 'REQUEST_CHANGES', 'COMMENT']).optional(),
  body: z.string().default(''),
  commit_id: z.string().optional(),
  comments: z
    .array(
      z.object({
        path: z.string(),
        body: z.string(),
        line: z.number().int().optional(),
        side: z.enum(['LEFT', 'RIGHT']).default('RIGHT'),
      }),
    )
    .default([]),
})
const Reviewers = z.object({ reviewers: z.array(z.string()).default([]) })

/** Serves reviews of pull requests, and requested reviewers. */
export function pullReviewsRoutes(app: FastifyInstance, context: GithubContext) {
  app.get<NumberParams>('/pulls/:number/reviews', (request, reply) => {
    const { state } = context.open(request)
    const pull = findPull(state, request.params.number)
    const reviews = state.reviews.filter(review => review.pull === pull.number)
    return paginate(
      request,
      reply,
      reviews.map(review => renderReview(state, review, context.baseUrl())),
    )
  })

  app.post<NumberParams>('/pulls/:number/reviews', request =>
    context.change(request, change => {
      const body = readBody(NewReview, request.body, 'PullRequestReview')
      const pull = findPull(change.draft, request.params.number)
      const review = addReview(change, pull, body)
      emitReview(change, pull, review, body.event === undefined ? 'created' : 'submitted')
      return renderReview(change.draft, review, change.baseUrl)
    }),
  )

  app.get<ReviewParams>('/pulls/:number/reviews/:id', request => {
    const { state } = context.open(request)
    return renderReview(state, findReview(state.reviews, request.params), context.baseUrl())
  })

  app.post<ReviewParams>('/pulls/:number/reviews/:id/events', request =>
    context.change(request, change => {
      const { event, body } = readBody(NewReview.required({ event: true }), request.body, 'PullRequestReview')
      const pull = findPull(change.draft, request.params.number)
      const review = findReview(change.draft.reviews, request.params)
      Object.assign(review, { state: STATE_OF[event], body: body || review.body })
      emitReview(change, pull, review, 'submitted')
      return renderReview(change.draft, review, change.baseUrl)
    }),
  )

  app.put<ReviewParams>('/pulls/:number/reviews/:id/dismissals', request =>
    context.change(request, change => {
      const review = findReview(change.draft.reviews, request.params)
      review.state = 'DISMISSED'
      emitReview(change, findPull(change.draft, request.params.number), review, 'dismissed')
      return renderReview(change.draft, review, change.baseUrl)
    }),
  )

  app.get<NumberParams>('/pulls/:number/requested_reviewers', request => {
    const pull = findPull(context.open(request).state, request.params.number)
    return { users: pull.requestedReviewers.map(login => renderUser(login, context.baseUrl())), teams: [] }
  })

  app.post<NumberParams>('/pulls/:number/requested_reviewers', (request, reply) =>
    context.change(request, ({ draft, baseUrl }) => {
      const { reviewers } = readBody(Reviewers, request.body, 'PullRequest')
      const pull = findPull(draft, request.params.number)
      if (reviewers.includes(pull.user))
        throw unprocessable('Review cannot be requested from pull request author.')
      pull.requestedReviewers = [...new Set([...pull.requestedReviewers, ...reviewers])]
      reply.status(201)
      return renderPull(draft, pull, baseUrl)
    }),
  )
}

function addReview({ draft, login, now }: Change, pull: Pull, body: z.infer<typeof NewReview>): Review {
  const at = now.toISOString()
  if (login === pull.user && body.event === 'APPROVE')
    throw new GithubError(422, 'Unprocessable Entity', ['Can not approve your own pull request'])
  if (login === pull.user && body.event === 'REQUEST_CHANGES')
    throw new GithubError(422, 'Unprocessable Entity', ['Can not request changes on your own pull request'])
  const review: Review = {
    id: takeId(draft),
    pull: pull.number,
    user: login,
    state: body.event === undefined ? 'PENDING' : STATE_OF[body.event],
    body: body.body,
    commitId: body.commit_id ?? pull.headSha,
    submittedAt: at,
  }
  draft.reviews.push(review)
  draft.reviewComments.push(
    ...body.comments.map(comment => ({
      id: takeId(draft),
      pull: pull.number,
      reviewId: review.id,
      user: login,
      body: comment.body,
      path: comment.path,
      line: comment.line ?? null,
      side: comment.side,
      commitId: review.commitId,
      inReplyTo: null,
      createdAt: at,
    })),
  )
  pull.requestedReviewers = pull.requestedReviewers.filter(asked => asked !== login)
  return review
}

function findReview(reviews: Review[], { number, id }: { number: string; id: string }): Review {
  const review = reviews.find(each => String(each.id) === id && String(each.pull) === number)
  if (!review) throw notFound()
  return review
}

function emitReview(
  { emit, draft, baseUrl, login }: Change,
  pull: Pull,
  review: Review,
  action: string,
): void {
  if (action === 'created') return
  const payload = {
    action,
    review: renderReview(draft, review, baseUrl),
    pull_request: renderPull(draft, pull, baseUrl),
    repository: renderRepository(draft, baseUrl),
    sender: renderUser(login, baseUrl),
  }
  emit({ event: 'pull_request_review', action, payload })
}
