import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { readRef } from '../git/read-refs.ts'
import { writeBlob } from '../git/read-tree.ts'
import { personOf, writeCommit } from '../git/write-commit.ts'
import { writeTree } from '../git/write-tree.ts'
import type { GithubContext } from '../github-context.ts'
import { requireLogin } from '../http/authenticate.ts'
import { validationFailed } from '../http/github-error.ts'
import { paginate } from '../http/paginate.ts'
import { readBody } from '../http/read-body.ts'
import { moveRef } from '../pulls/move-ref.ts'
import { renderRepository } from '../render/render-repository.ts'
import { renderUser } from '../render/render-user.ts'

const Name = z.string().regex(/^(?!\.{1,2}$)[\w.-]{1,100}$/, 'expected letters, digits, dots, dashes')
const NewRepository = z.object({
  name: Name,
  description: z.string().nullish(),
  private: z.boolean().default(false),
  auto_init: z.boolean().default(false),
})
const Update = z.object({
  description: z.string().nullish(),
  private: z.boolean().optional(),
  default_branch: z.string().optional(),
})

/** Serves users and repositories: create, read, list, change, delete. */
export function repositoriesRoutes(app: FastifyInstance, context: GithubContext) {
  async function create(request: FastifyRequest, reply: FastifyReply, owner: string) {
    const body = readBody(NewRepository, request.body, 'Repository')
    const about = { owner, name: body.name, isPrivate: body.private, description: body.description ?? null }
    const repository = await context.store.create(about)
    if (!repository)
      throw validationFailed({
        resource: 'Repository',
        code: 'custom',
        field: 'name',
        message: 'name already exists on this account',
      })
    request.params = { owner, repo: body.name }
    if (body.auto_init) await writeReadme(request, body.name)
    return reply.status(201).send(renderRepository(context.open(request).state, context.baseUrl()))
  }

  function writeReadme(request: FastifyRequest, name: string) {
    return context.change(request, async change => {
      const sha = await writeBlob(change.directory, Buffer.from(`# ${name}\n`))
      const tree = await writeTree(change.directory, null, [{ path: 'README.md', mode: '100644', sha }])
      const person = personOf(change.login, change.now)
      const first = { tree, parents: [], message: 'Initial commit', author: person, committer: person }
      await moveRef(change, 'refs/heads/main', await writeCommit(change.directory, first))
    })
  }

  app.get('/user', request => renderUser(requireLogin(request), context.baseUrl()))
  app.get<{ Params: { login: string } }>('/users/:login', request =>
    renderUser(request.params.login, context.baseUrl()),
  )
  app.post('/user/repos', (request, reply) => create(request, reply, requireLogin(request)))
  app.post<{ Params: { org: string } }>('/orgs/:org/repos', (request, reply) => {
    requireLogin(request)
    return create(request, reply, readBody(z.object({ org: Name }), request.params, 'Organization').org)
  })

  const list = (request: FastifyRequest, reply: FastifyReply, owner: string) =>
    paginate(
      request,
      reply,
      context.store
        .list(owner)
        .filter(({ state }) => !state.isPrivate || request.login !== null)
        .map(({ state }) => renderRepository(state, context.baseUrl())),
    )
  app.get<{ Params: { org: string } }>('/orgs/:org/repos', (request, reply) =>
    list(request, reply, request.params.org),
  )
  app.get<{ Params: { login: string } }>('/users/:login/repos', (request, reply) =>
    list(request, reply, request.params.login),
  )

  app.get('/repos/:owner/:repo', request => renderRepository(context.open(request).state, context.baseUrl()))
  app.patch('/repos/:owner/:repo', request =>
    context.change(request, async ({ draft, directory, baseUrl }) => {
      const body = readBody(Update, request.body, 'Repository')
      if (
        body.default_branch !== undefined &&
        (await readRef(directory, `refs/heads/${body.default_branch}`)) === null
      )
        throw validationFailed({ resource: 'Repository', field: 'default_branch', code: 'invalid' })
      draft.defaultBranch = body.default_branch ?? draft.defaultBranch
      draft.isPrivate = body.private ?? draft.isPrivate
      draft.description = body.description === undefined ? draft.description : body.description
      return renderRepository(draft, baseUrl)
    }),
  )
  app.delete('/repos/:owner/:repo', async (request, reply) => {
    requireLogin(request)
    await context.store.remove(context.open(request))
    return reply.status(204).send()
  })
  app.get('/repos/:owner/:repo/collaborators/:login/permission', request => {
    const { login } = request.params as { login: string }
    context.open(request)
    return { permission: 'admin', role_name: 'admin', user: renderUser(login, context.baseUrl()) }
  })
}
