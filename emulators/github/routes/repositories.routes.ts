import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Forge } from '../forge.ts'
import { readRef } from '../git/read-refs.ts'
import { writeBlob } from '../git/read-tree.ts'
import { personOf, writeCommit } from '../git/write-commit.ts'
import { writeTree } from '../git/write-tree.ts'
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

/** Users and repositories: create, read, list, change, delete. */
export function repositoriesRoutes(app: FastifyInstance, forge: Forge) {
  async function create(request: FastifyRequest, reply: FastifyReply, owner: string) {
    const body = readBody(NewRepository, request.body, 'Repository')
    const about = { owner, name: body.name, isPrivate: body.private, description: body.description ?? null }
    const repository = await forge.store.create(about)
    if (!repository)
      throw validationFailed({
        resource: 'Repository',
        code: 'custom',
        field: 'name',
        message: 'name already exists on this account',
      })
    request.params = { owner, repo: body.name }
    if (body.auto_init) await writeReadme(request, body.name)
    return reply.status(201).send(renderRepository(forge.open(request).state, forge.baseUrl()))
  }

  function writeReadme(request: FastifyRequest, name: string) {
    return forge.change(request, async change => {
      const sha = await writeBlob(change.directory, Buffer.from(`# ${name}\n`))
      const tree = await writeTree(change.directory, null, [{ path: 'README.md', mode: '100644', sha }])
      const person = personOf(change.login, change.now)
      const first = { tree, parents: [], message: 'Initial commit', author: person, committer: person }
      await moveRef(change, 'refs/heads/main', await writeCommit(change.directory, first))
    })
  }

  app.get('/user', request => renderUser(requireLogin(request), forge.baseUrl()))
  app.get<{ Params: { login: string } }>('/users/:login', request =>
    renderUser(request.params.login, forge.baseUrl()),
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
      forge.store
        .list(owner)
        .filter(({ state }) => !state.isPrivate || request.login !== null)
        .map(({ state }) => renderRepository(state, forge.baseUrl())),
    )
  app.get<{ Params: { org: string } }>('/orgs/:org/repos', (request, reply) =>
    list(request, reply, request.params.org),
  )
  app.get<{ Params: { login: string } }>('/users/:login/repos', (request, reply) =>
    list(request, reply, request.params.login),
  )

  app.get('/repos/:owner/:repo', request => renderRepository(forge.open(request).state, forge.baseUrl()))
  app.patch('/repos/:owner/:repo', request =>
    forge.change(request, async ({ draft, directory, baseUrl }) => {
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
    await forge.store.remove(forge.open(request))
    return reply.status(204).send()
  })
  app.get('/repos/:owner/:repo/collaborators/:login/permission', request => {
    const { login } = request.params as { login: string }
    forge.open(request)
    return { permission: 'admin', role_name: 'admin', user: renderUser(login, forge.baseUrl()) }
  })
}
