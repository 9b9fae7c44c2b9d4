import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { instanceName } from '../applications/application.ts'
import type { ArgocdContext } from '../argocd-context.ts'
import { SourceError } from '../repositories/create-git-source.ts'
import { type Credentials, normalUrl } from '../repositories/create-repository-store.ts'
import { invalidArgument, notFound } from './grpc-error.ts'
import { readRequest } from './read-request.ts'

type ByUrl = { Params: { url: string } }

const NewRepository = z.object({
  repo: z.url(),
  username: z.string().optional(),
  password: z.string().optional(),
})

/** Serves repositories and their credentials; passwords are never returned. */
export function repositoriesRoutes(
  app: FastifyInstance,
  { repositories, git, store, controller }: ArgocdContext,
) {
  app.get('/api/v1/repositories', () => ({ metadata: {}, items: repositories.list().map(render) }))

  app.get<ByUrl>('/api/v1/repositories/:url', request => {
    const known = repositories.find(request.params.url)
    if (!known) throw notFound(`repo '${request.params.url}' not found`)
    return render(known)
  })

  app.post('/api/v1/repositories', async request => {
    const credentials = readRequest(NewRepository, request.body)
    const before = repositories.find(credentials.repo)
    await repositories.put(credentials)
    try {
      await git.check(credentials.repo)
    } catch (error) {
      if (!(error instanceof SourceError)) throw error
      if (before) await repositories.put(before)
      else await repositories.remove(credentials.repo)
      throw invalidArgument(`error testing repository connectivity: ${error.message}`)
    }
    for (const { metadata, spec } of store.list())
      if (normalUrl(spec.source.repoURL) === normalUrl(credentials.repo))
        void controller.refresh(instanceName(metadata))
    return render(credentials)
  })

  app.delete<ByUrl>('/api/v1/repositories/:url', async request => {
    if (!(await repositories.remove(request.params.url)))
      throw notFound(`repo '${request.params.url}' not found`)
    return {}
  })
}

function render({ repo, username }: Credentials) {
  return { repo, username, type: 'git', connectionState: { status: 'Successful', message: '' } }
}
