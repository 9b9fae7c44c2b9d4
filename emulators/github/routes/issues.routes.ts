import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Change, GithubContext } from '../github-context.ts'
import { notFound, validationFailed } from '../http/github-error.ts'
import { paginate } from '../http/paginate.ts'
import { readBody } from '../http/read-body.ts'
import { findPull } from '../pulls/find-pull.ts'
import { renderLabel } from '../render/render-label.ts'
import { renderPull } from '../render/render-pull.ts'
import { renderRepository, repositoryUrl } from '../render/render-repository.ts'
import { renderUser } from '../render/render-user.ts'
import { type IssueComment, type Label, type RepositoryState, takeId } from '../store/repository-state.ts'

type NumberParams = { Params: { number: string } }
type IdParams = { Params: { id: string } }

const Comment = z.object({ body: z.string().min(1) })
const Labels = z.object({ labels: z.array(z.string()) })
const NewLabel = z.object({
  name: z.string().min(1),
  color: z.string().default('ededed'),
  description: z.string().nullish(),
})

/** Serves the conversation and labels of pull requests. Every issue here is a pull request. */
export function issuesRoutes(app: FastifyInstance, context: GithubContext) {
  app.get<NumberParams>('/issues/:number', request => {
    const { state } = context.open(request)
    const pull = renderPull(state, findPull(state, request.params.number), context.baseUrl())
    return { ...pull, pull_request: { url: pull.url, html_url: pull.html_url } }
  })

  app.get<NumberParams>('/issues/:number/comments', (request, reply) => {
    const { state } = context.open(request)
    const pull = findPull(state, request.params.number)
    const comments = state.issueComments.filter(({ issue }) => issue === pull.number)
    return paginate(
      request,
      reply,
      comments.map(comment => renderComment(state, comment, context.baseUrl())),
    )
  })

  app.post<NumberParams>('/issues/:number/comments', (request, reply) =>
    context.change(request, change => {
      const { body } = readBody(Comment, request.body, 'IssueComment')
      const { draft, login, now, baseUrl } = change
      const issue = findPull(draft, request.params.number).number
      const at = now.toISOString()
      const comment = { id: takeId(draft), issue, user: login, body, createdAt: at, updatedAt: at }
      draft.issueComments.push(comment)
      emitComment(change, comment)
      reply.status(201)
      return renderComment(draft, comment, baseUrl)
    }),
  )

  app.patch<IdParams>('/issues/comments/:id', request =>
    context.change(request, ({ draft, now, baseUrl }) => {
      const { body } = readBody(Comment, request.body, 'IssueComment')
      const comment = draft.issueComments.find(({ id }) => String(id) === request.params.id)
      if (!comment) throw notFound()
      Object.assign(comment, { body, updatedAt: now.toISOString() })
      return renderComment(draft, comment, baseUrl)
    }),
  )

  const render = (state: RepositoryState, labels: Label[]) =>
    labels.map(label => renderLabel(state, label, context.baseUrl()))

  app.get('/labels', (request, reply) => {
    const { state } = context.open(request)
    return paginate(request, reply, render(state, state.labels))
  })
  app.post('/labels', (request, reply) =>
    context.change(request, ({ draft }) => {
      const body = readBody(NewLabel, request.body, 'Label')
      if (draft.labels.some(({ name }) => name === body.name))
        throw validationFailed({ resource: 'Label', code: 'already_exists', field: 'name' })
      reply.status(201)
      return renderLabel(
        draft,
        labelOf(draft, body.name, body.color, body.description ?? null),
        context.baseUrl(),
      )
    }),
  )

  app.get<NumberParams>('/issues/:number/labels', (request, reply) => {
    const { state } = context.open(request)
    const { labels } = findPull(state, request.params.number)
    return paginate(
      request,
      reply,
      render(
        state,
        state.labels.filter(({ name }) => labels.includes(name)),
      ),
    )
  })
  app.post<NumberParams>('/issues/:number/labels', request =>
    context.change(request, ({ draft }) => {
      const { labels } = readBody(Labels, request.body, 'Label')
      const pull = findPull(draft, request.params.number)
      pull.labels = [...new Set([...pull.labels, ...labels])]
      return render(
        draft,
        pull.labels.map(name => labelOf(draft, name)),
      )
    }),
  )
  app.delete<{ Params: { number: string; name: string } }>('/issues/:number/labels/:name', request =>
    context.change(request, ({ draft }) => {
      const pull = findPull(draft, request.params.number)
      if (!pull.labels.includes(request.params.name)) throw notFound('Label does not exist')
      pull.labels = pull.labels.filter(name => name !== request.params.name)
      return render(
        draft,
        pull.labels.map(name => labelOf(draft, name)),
      )
    }),
  )
}

// As on GitHub, adding a label that does not exist creates it.
function labelOf(
  draft: RepositoryState,
  name: string,
  color = 'ededed',
  description: string | null = null,
): Label {
  const known = draft.labels.find(label => label.name === name)
  if (known) return known
  const label = { id: takeId(draft), name, color, description }
  draft.labels.push(label)
  return label
}

function renderComment(state: RepositoryState, comment: IssueComment, baseUrl: string) {
  const repoUrl = repositoryUrl(state, baseUrl)
  return {
    id: comment.id,
    node_id: `IC_${comment.id}`,
    url: `${repoUrl}/issues/comments/${comment.id}`,
    html_url: `${baseUrl}/${state.owner}/${state.name}/pull/${comment.issue}#issuecomment-${comment.id}`,
    issue_url: `${repoUrl}/issues/${comment.issue}`,
    user: renderUser(comment.user, baseUrl),
    body: comment.body,
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    author_association: 'MEMBER',
  }
}

function emitComment({ draft, emit, baseUrl, login }: Change, comment: IssueComment): void {
  const pull = renderPull(draft, findPull(draft, String(comment.issue)), baseUrl)
  const payload = {
    action: 'created',
    issue: { ...pull, pull_request: { url: pull.url } },
    comment: renderComment(draft, comment, baseUrl),
    repository: renderRepository(draft, baseUrl),
    sender: renderUser(login, baseUrl),
  }
  emit({ event: 'issue_comment', action: 'created', payload })
}
