import type { FastifyRequest } from 'fastify'
import { requireLogin } from './http/authenticate.ts'
import { notFound } from './http/github-error.ts'
import { repositoryUrl } from './render/render-repository.ts'
import type { Emit, Repository, Store } from './store/create-store.ts'
import type { RepositoryState } from './store/repository-state.ts'

/** One change of one repository: nobody else changes it meanwhile, and it is kept only if nothing throws. */
export type Change = {
  directory: string
  draft: RepositoryState
  emit: Emit
  login: string
  baseUrl: string
  repoUrl: string
  now: Date
}

/** What the routes share. */
export function createForge({
  store,
  now,
  baseUrl,
}: {
  store: Store
  now: () => Date
  baseUrl: () => string
}) {
  function open(request: FastifyRequest): Repository {
    const { owner, repo } = request.params as { owner: string; repo: string }
    const repository = store.find(owner, repo)
    if (!repository || (repository.state.isPrivate && request.login === null)) throw notFound()
    return repository
  }

  return {
    store,
    now,
    baseUrl,
    /** The repository of the request's path. Throws 404. */
    open,
    /** Its address in the API. */
    urlOf: ({ state }: Repository) => repositoryUrl(state, baseUrl()),
    /** The repository of the request's path for writing Git objects, which needs no order among writers. Throws 401 and 404. */
    enter(request: FastifyRequest) {
      const { directory, state } = open(request)
      const login = requireLogin(request)
      return { directory, login, now: now(), repoUrl: repositoryUrl(state, baseUrl()) }
    },
    /** Changes the repository of the request's path in the name of the request's login. Throws 401 and 404. */
    change<T>(request: FastifyRequest, work: (change: Change) => Promise<T> | T): Promise<T> {
      const repository = open(request)
      const login = requireLogin(request)
      return store.change(repository, (draft, emit) =>
        work({
          directory: repository.directory,
          draft,
          emit,
          login,
          baseUrl: baseUrl(),
          repoUrl: repositoryUrl(draft, baseUrl()),
          now: now(),
        }),
      )
    },
  }
}
export type Forge = ReturnType<typeof createForge>
