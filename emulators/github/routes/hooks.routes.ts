import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { GithubContext } from '../github-context.ts'
import { requireLogin } from '../http/authenticate.ts'
import { notFound } from '../http/github-error.ts'
import { paginate } from '../http/paginate.ts'
import { readBody } from '../http/read-body.ts'
import { renderRepository } from '../render/render-repository.ts'
import { renderUser } from '../render/render-user.ts'
import type { Repository } from '../store/create-store.ts'
import { type Delivery, type Hook, takeId } from '../store/repository-state.ts'
import type { Webhooks } from '../webhooks/create-webhooks.ts'

type IdParams = { Params: { id: string } }
type DeliveryParams = { Params: { id: string; delivery: string } }

const Config = z.object({
  url: z.url({ protocol: /^https?$/ }),
  content_type: z.enum(['json', 'form']).default('form'),
  secret: z.string().optional(),
})
const NewHook = z.object({
  config: Config,
  events: z.array(z.string()).default(['push']),
  active: z.boolean().default(true),
})
const Update = z.object({
  config: Config.partial().optional(),
  events: z.array(z.string()).optional(),
  active: z.boolean().optional(),
})

/** Serves the webhooks of a repository and their deliveries. */
export function hooksRoutes(app: FastifyInstance, context: GithubContext, webhooks: Webhooks) {
  app.post('/hooks', async (request, reply) => {
    const hook = await context.change(request, ({ draft, now }) => {
      const body = readBody(NewHook, request.body, 'Hook')
      const at = now.toISOString()
      const created: Hook = {
        id: takeId(draft),
        url: body.config.url,
        contentType: body.config.content_type,
        secret: body.config.secret ?? null,
        events: body.events,
        isActive: body.active,
        createdAt: at,
        updatedAt: at,
      }
      draft.hooks.push(created)
      return created
    })
    const repository = context.open(request)
    ping(repository, hook, requireLogin(request))
    return reply.status(201).send(render(hook, context.urlOf(repository)))
  })

  app.get('/hooks', (request, reply) => {
    requireLogin(request)
    const repository = context.open(request)
    return paginate(
      request,
      reply,
      repository.state.hooks.map(hook => render(hook, context.urlOf(repository))),
    )
  })

  app.get<IdParams>('/hooks/:id', request => {
    requireLogin(request)
    const repository = context.open(request)
    return render(findHook(repository, request.params.id), context.urlOf(repository))
  })

  app.patch<IdParams>('/hooks/:id', request =>
    context.change(request, ({ draft, directory, now, repoUrl }) => {
      const body = readBody(Update, request.body, 'Hook')
      const hook = findHook({ directory, state: draft }, request.params.id)
      hook.url = body.config?.url ?? hook.url
      hook.contentType = body.config?.content_type ?? hook.contentType
      hook.secret = body.config?.secret ?? hook.secret
      hook.events = body.events ?? hook.events
      hook.isActive = body.active ?? hook.isActive
      hook.updatedAt = now.toISOString()
      return render(hook, repoUrl)
    }),
  )

  app.delete<IdParams>('/hooks/:id', (request, reply) =>
    context.change(request, ({ draft, directory }) => {
      const hook = findHook({ directory, state: draft }, request.params.id)
      draft.hooks = draft.hooks.filter(each => each !== hook)
      reply.status(204)
    }),
  )

  app.post<IdParams>('/hooks/:id/pings', (request, reply) => {
    const login = requireLogin(request)
    const repository = context.open(request)
    ping(repository, findHook(repository, request.params.id), login)
    return reply.status(204).send()
  })

  app.get<IdParams>('/hooks/:id/deliveries', (request, reply) => {
    requireLogin(request)
    const { state } = context.open(request)
    const deliveries = state.deliveries.filter(({ hook }) => String(hook) === request.params.id)
    return paginate(request, reply, deliveries.toReversed().map(summary))
  })

  app.get<DeliveryParams>('/hooks/:id/deliveries/:delivery', request => {
    requireLogin(request)
    const delivery = findDelivery(context.open(request), request.params)
    return {
      ...summary(delivery),
      request: delivery.request,
      response: { headers: {}, ...delivery.response },
    }
  })

  app.post<DeliveryParams>('/hooks/:id/deliveries/:delivery/attempts', (request, reply) => {
    requireLogin(request)
    const repository = context.open(request)
    const { event, action, request: sent } = findDelivery(repository, request.params)
    const payload = sent.payload as Record<string, unknown>
    webhooks.sendTo(repository, findHook(repository, request.params.id), { event, action, payload }, true)
    return reply.status(202).send({})
  })

  function ping(repository: Repository, hook: Hook, login: string): void {
    const payload = {
      zen: 'Keep it logically awesome.',
      hook_id: hook.id,
      hook: render(hook, context.urlOf(repository)),
      repository: renderRepository(repository.state, context.baseUrl()),
      sender: renderUser(login, context.baseUrl()),
    }
    webhooks.sendTo(repository, hook, { event: 'ping', action: null, payload })
  }
}

function findHook({ state }: Repository, id: string): Hook {
  const hook = state.hooks.find(each => String(each.id) === id)
  if (!hook) throw notFound()
  return hook
}

function findDelivery({ state }: Repository, { id, delivery }: { id: string; delivery: string }): Delivery {
  const found = state.deliveries.find(each => String(each.id) === delivery && String(each.hook) === id)
  if (!found) throw notFound()
  return found
}

// The secret is never returned.
function render(hook: Hook, repoUrl: string) {
  return {
    type: 'Repository',
    id: hook.id,
    name: 'web',
    active: hook.isActive,
    events: hook.events,
    config: {
      url: hook.url,
      content_type: hook.contentType,
      insecure_ssl: '0',
      ...(hook.secret ? { secret: '********' } : {}),
    },
    created_at: hook.createdAt,
    updated_at: hook.updatedAt,
    url: `${repoUrl}/hooks/${hook.id}`,
    ping_url: `${repoUrl}/hooks/${hook.id}/pings`,
    deliveries_url: `${repoUrl}/hooks/${hook.id}/deliveries`,
  }
}

function summary(delivery: Delivery) {
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: delivery.deliveredAt,
    redelivery: delivery.isRedelivery,
    duration: delivery.durationSeconds,
    status: delivery.status,
    status_code: delivery.statusCode,
    event: delivery.event,
    action: delivery.action,
  }
}
