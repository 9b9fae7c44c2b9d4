import type { FastifyRequest } from 'fastify'
import { requireLogin } from './http/authenticate.ts'
import { notFound } from './http/github-error.ts'
import { repositoryUrl } from './render/render-repository.ts'
import type { Emit, Repository, Store } from './store/create-store.ts'
import type { RepositoryState } from './store/repository-state.ts'

/** One exclusive change of one repository; stored only if it does not throw. */
export type Change = {
  directory: string
  draft: RepositoryState
  emit: Emit
  login: string
  baseUrl: string
  repoUrl: string
  now: Date
}

/** Creates the dependencies of the routes. */
export function createGithubContext({
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
    /** Returns the repository in the path of a request. Throws 404. */
    open,
    /** Returns the URL of a repository in the API. */
    urlOf: ({ state }: Repository) => repositoryUrl(state, baseUrl()),
    /**
     * Returns the repository in the path of a request, for writing Git objects, which needs no lock. Throws 401 and
     * 404.
     */
    enter(request: FastifyRequest) {
      const { directory, state } = open(request)
      const login = requireLogin(request)
      return { directory, login, now: now(), repoUrl: repositoryUrl(state, baseUrl()) }
    },
    /** Changes the repository in the path of a request as the login of the request. Throws 401 and 404. */
    change<T>(request: FastifyRequest, task: (change: Change) => Promise<T> | T): Promise<T> {
      const repository = open(request)
      const login = requireLogin(request)
      return store.change(repository, (draft, emit) =>
        task({
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
export type GithubContext = ReturnType<typeof createGithubContext>
