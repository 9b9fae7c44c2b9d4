import type { FastifyInstance } from 'fastify'
import { readCommit } from '../git/list-commits.ts'
import { listRefs, readRef } from '../git/read-refs.ts'
import type { GithubContext } from '../github-context.ts'
import { notFound } from '../http/github-error.ts'
import { paginate } from '../http/paginate.ts'
import { renderCommit } from '../render/render-commit.ts'

type BranchParams = { Params: { branch: string } }

/** Serves branches and tags. */
export function branchesRoutes(app: FastifyInstance, context: GithubContext) {
  app.get('/branches', async (request, reply) => {
    const repository = context.open(request)
    const repoUrl = context.urlOf(repository)
    const refs = await listRefs(repository.directory, 'refs/heads/')
    const branches = refs.map(({ ref, sha }) => {
      const name = ref.slice('refs/heads/'.length)
      return {
        name,
        commit: { sha, url: `${repoUrl}/commits/${sha}` },
        protected: name in repository.state.protections,
      }
    })
    const { protected: wanted } = request.query as { protected?: string }
    return paginate(
      request,
      reply,
      wanted === undefined ? branches : branches.filter(b => String(b.protected) === wanted),
    )
  })

  app.get<BranchParams>('/branches/:branch', async request => {
    const repository = context.open(request)
    const { branch } = request.params
    const sha = await readRef(repository.directory, `refs/heads/${branch}`)
    if (sha === null) throw notFound('Branch not found')
    const repoUrl = context.urlOf(repository)
    const protection = repository.state.protections[branch]
    return {
      name: branch,
      commit: renderCommit(await readCommit(repository.directory, sha), repoUrl),
      protected: protection !== undefined,
      protection: {
        enabled: protection !== undefined,
        required_status_checks: {
          enforcement_level: protection?.requiredChecks ? 'everyone' : 'off',
          contexts: protection?.requiredChecks ?? [],
          checks: (protection?.requiredChecks ?? []).map(context => ({ context, app_id: null })),
        },
      },
      protection_url: `${repoUrl}/branches/${encodeURIComponent(branch)}/protection`,
    }
  })

  app.get('/tags', async (request, reply) => {
    const repository = context.open(request)
    const repoUrl = context.urlOf(repository)
    const refs = await listRefs(repository.directory, 'refs/tags/')
    const tags = refs.map(({ ref, sha }) => ({
      name: ref.slice('refs/tags/'.length),
      commit: { sha, url: `${repoUrl}/commits/${sha}` },
    }))
    return paginate(request, reply, tags)
  })
}
