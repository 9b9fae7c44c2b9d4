import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { resolveCommit } from '../git/read-refs.ts'
import type { GithubContext } from '../github-context.ts'
import { unprocessable } from '../http/github-error.ts'
import { paginate } from '../http/paginate.ts'
import { readBody } from '../http/read-body.ts'
import { renderRepository } from '../render/render-repository.ts'
import { renderUser } from '../render/render-user.ts'
import type { Repository } from '../store/create-store.ts'
import { type CommitStatus, takeId } from '../store/repository-state.ts'

type RefParams = { Params: { ref: string } }

const NewStatus = z.object({
  state: z.enum(['error', 'failure', 'pending', 'success']),
  context: z.string().default('default'),
  description: z.string().nullish(),
  target_url: z.string().nullish(),
})

/** Serves commit statuses: create, list, combined. */
export function statusesRoutes(app: FastifyInstance, context: GithubContext) {
  app.post<RefParams>('/statuses/:ref', (request, reply) =>
    context.change(request, async change => {
      const body = readBody(NewStatus, request.body, 'Status')
      const { directory, draft, login, now, baseUrl, repoUrl } = change
      const sha = await requireSha(directory, request.params.ref)
      const status: CommitStatus = {
        id: takeId(draft),
        sha,
        state: body.state,
        context: body.context,
        description: body.description ?? null,
        targetUrl: body.target_url ?? null,
        creator: login,
        createdAt: now.toISOString(),
      }
      draft.statuses.push(status)
      const rendered = render(status, repoUrl, baseUrl)
      const payload = {
        ...rendered,
        sha,
        repository: renderRepository(draft, baseUrl),
        sender: renderUser(login, baseUrl),
      }
      change.emit({ event: 'status', action: null, payload })
      reply.status(201)
      return rendered
    }),
  )

  const list = async (repository: Repository, ref: string) => {
    const sha = await requireSha(repository.directory, ref)
    return { sha, statuses: repository.state.statuses.filter(status => status.sha === sha).toReversed() }
  }

  app.get<RefParams>('/commits/:ref/statuses', async (request, reply) => {
    const repository = context.open(request)
    const { statuses } = await list(repository, request.params.ref)
    return paginate(
      request,
      reply,
      statuses.map(each => render(each, context.urlOf(repository), context.baseUrl())),
    )
  })

  app.get<RefParams>('/commits/:ref/status', async request => {
    const repository = context.open(request)
    const { sha, statuses } = await list(repository, request.params.ref)
    const latest = statuses.filter(
      (each, index) => statuses.findIndex(other => other.context === each.context) === index,
    )
    return {
      url: `${context.urlOf(repository)}/commits/${sha}/status`,
      commit_url: `${context.urlOf(repository)}/commits/${sha}`,
      state: combined(latest),
      sha,
      total_count: latest.length,
      statuses: latest.map(each => render(each, context.urlOf(repository), context.baseUrl())),
      repository: renderRepository(repository.state, context.baseUrl()),
    }
  })
}

async function requireSha(directory: string, ref: string): Promise<string> {
  const sha = await resolveCommit(directory, ref)
  if (sha === null) throw unprocessable(`No commit found for SHA: ${ref}`)
  return sha
}

// GitHub reports a commit without any status as pending.
function combined(latest: CommitStatus[]): 'failure' | 'pending' | 'success' {
  if (latest.some(({ state }) => state === 'failure' || state === 'error')) return 'failure'
  return latest.length > 0 && latest.every(({ state }) => state === 'success') ? 'success' : 'pending'
}

function render(status: CommitStatus, repoUrl: string, baseUrl: string) {
  return {
    id: status.id,
    node_id: `SC_${status.id}`,
    url: `${repoUrl}/statuses/${status.sha}`,
    avatar_url: `${baseUrl}/avatars/${status.creator}`,
    state: status.state,
    context: status.context,
    description: status.description,
    target_url: status.targetUrl,
    creator: renderUser(status.creator, baseUrl),
    created_at: status.createdAt,
    updated_at: status.createdAt,
  }
}
