import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { type Application, instanceName } from '../applications/application.ts'
import type { ArgocdContext } from '../argocd-context.ts'
import { normalUrl } from '../repositories/create-repository-store.ts'
import { invalidArgument } from './grpc-error.ts'
import { readRequest } from './read-request.ts'

const Push = z.looseObject({
  ref: z.string(),
  repository: z.looseObject({
    html_url: z.string(),
    default_branch: z.string().optional(),
    // Argo CD's parser takes Unix seconds, as GitHub sends them with a push, and refuses anything else.
    created_at: z.number().int().optional(),
    pushed_at: z.number().int().optional(),
  }),
})

/** Serves `POST /api/webhook`: a push to GitHub refreshes the applications that track its branch. */
export function webhookRoutes(app: FastifyInstance, { store, controller }: ArgocdContext) {
  app.post('/api/webhook', request => {
    const event = request.headers['x-github-event']
    if (event === undefined) throw invalidArgument('Unknown webhook event')
    if (event !== 'push') return {}
    const push = readRequest(Push, request.body)
    for (const application of store.list())
      if (follows(application, push)) void controller.refresh(instanceName(application.metadata))
    return {}
  })
}

function follows({ spec }: Application, { ref, repository }: z.infer<typeof Push>): boolean {
  if (normalUrl(spec.source.repoURL) !== normalUrl(repository.html_url)) return false
  const { targetRevision = 'HEAD' } = spec.source
  const branch = ref.replace(/^refs\/(heads|tags)\//, '')
  return (
    targetRevision === branch ||
    targetRevision === ref ||
    (targetRevision === 'HEAD' && branch === repository.default_branch)
  )
}
