import { GitFailure } from '@goalixa/emulators-shared/git/run-git'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { readCommit } from '../git/list-commits.ts'
import { readRef, resolveCommit } from '../git/read-refs.ts'
import { findEntry, listTree, readBlob, type TreeEntry, writeBlob } from '../git/read-tree.ts'
import { personOf, writeCommit } from '../git/write-commit.ts'
import { type TreeChange, writeTree } from '../git/write-tree.ts'
import type { Change, GithubContext } from '../github-context.ts'
import { GithubError, notFound, unprocessable } from '../http/github-error.ts'
import { readBody } from '../http/read-body.ts'
import { pushRejection } from '../protection/find-unmet-requirement.ts'
import { moveRef } from '../pulls/move-ref.ts'
import { renderGitCommit } from '../render/render-commit.ts'

type PathParams = { Params: { '*': string } }
type RefQuery = { Querystring: { ref?: string } }

const Person = z.object({ name: z.string().min(1), email: z.string().min(1), date: z.string().optional() })
const Common = z.object({
  message: z.string(),
  sha: z.string().optional(),
  branch: z.string().optional(),
  author: Person.optional(),
  committer: Person.optional(),
})
const NewContent = Common.extend({ content: z.string() })

/** Serves files by path: read, write and delete, one commit a call. */
export function contentsRoutes(app: FastifyInstance, context: GithubContext) {
  const read = async (
    request: FastifyRequest,
    reply: FastifyReply,
    path: string,
    name: string | undefined,
  ) => {
    const repository = context.open(request)
    const { directory, state } = repository
    const ref = name ?? state.defaultBranch
    const commit = await resolveCommit(directory, ref)
    if (commit === null) throw notFound(`No commit found for the ref ${ref}`)
    const entry = await findEntry(directory, commit, path)
    if (!entry) throw notFound()
    const repoUrl = context.urlOf(repository)
    if (entry.type === 'tree') {
      const entries = await listTree(directory, entry.sha, false)
      return entries.map(each =>
        render({ ...each, path: entry.path ? `${entry.path}/${each.path}` : each.path }, ref, repoUrl),
      )
    }
    const bytes = entry.type === 'blob' ? await readBlob(directory, entry.sha) : Buffer.alloc(0)
    if (request.headers.accept?.includes('.raw')) return reply.type('application/octet-stream').send(bytes)
    return { ...render(entry, ref, repoUrl), encoding: 'base64', content: bytes.toString('base64') }
  }

  app.get<RefQuery>('/contents', (request, reply) => read(request, reply, '', request.query.ref))
  app.get<PathParams & RefQuery>('/contents/*', (request, reply) =>
    read(request, reply, request.params['*'], request.query.ref),
  )

  app.put<PathParams>('/contents/*', (request, reply) =>
    context.change(request, async change => {
      const body = readBody(NewContent, request.body, 'Content')
      const path = request.params['*']
      const before = await requireEntry(change, body, path)
      const sha = await writeBlob(change.directory, Buffer.from(body.content, 'base64'))
      const commit = await commitChange(change, body, { path, mode: before?.mode ?? '100644', sha })
      const entry = await findEntry(change.directory, commit, path)
      if (!entry) throw unprocessable(`path ${path} is malformed`)
      reply.status(before ? 200 : 201)
      return {
        content: render(entry, body.branch ?? change.draft.defaultBranch, change.repoUrl),
        commit: renderGitCommit(await readCommit(change.directory, commit), change.repoUrl),
      }
    }),
  )

  app.delete<PathParams>('/contents/*', request =>
    context.change(request, async change => {
      const query = request.query as Record<string, string>
      const body = readBody(Common, { ...query, ...(request.body as object | null) }, 'Content')
      const path = request.params['*']
      if (!(await requireEntry(change, body, path))) throw notFound()
      const commit = await commitChange(change, body, { path, mode: '100644', sha: null })
      return {
        content: null,
        commit: renderGitCommit(await readCommit(change.directory, commit), change.repoUrl),
      }
    }),
  )
}

async function requireEntry({ directory, draft }: Change, body: z.infer<typeof Common>, path: string) {
  const tip = await readRef(directory, `refs/heads/${body.branch ?? draft.defaultBranch}`)
  if (tip === null && body.branch !== undefined) throw notFound(`Branch ${body.branch} not found`)
  const entry = tip === null ? null : await findEntry(directory, tip, path)
  if (entry && body.sha === undefined) throw unprocessable(`Invalid request.\n\n"sha" wasn't supplied.`)
  if (entry && entry.sha !== body.sha) throw new GithubError(409, `${path} does not match ${body.sha}`)
  return entry
}

async function commitChange(
  change: Change,
  body: z.infer<typeof Common>,
  entry: TreeChange,
): Promise<string> {
  const { directory, draft, login, now } = change
  const branch = body.branch ?? draft.defaultBranch
  const refusal = pushRejection(draft, branch)
  if (refusal !== null) throw new GithubError(409, `Could not update file: ${refusal}`)
  const tip = await readRef(directory, `refs/heads/${branch}`)
  const baseTree = tip === null ? null : (await readCommit(directory, tip)).tree
  const tree = await writeTree(directory, baseTree, [entry]).catch(error => {
    if (error instanceof GitFailure) throw unprocessable(`path contains a malformed path component`)
    throw error
  })
  const self = personOf(login, now)
  const author = { ...self, ...(body.author ?? body.committer) }
  const committer = { ...self, ...(body.committer ?? body.author) }
  const parents = tip === null ? [] : [tip]
  const sha = await writeCommit(directory, { tree, parents, message: body.message, author, committer })
  await moveRef(change, `refs/heads/${branch}`, sha)
  return sha
}

function render({ path, sha, size, type, mode }: TreeEntry, ref: string, repoUrl: string) {
  const encoded = path.split('/').map(encodeURIComponent).join('/')
  const url = `${repoUrl}/contents/${encoded}?ref=${encodeURIComponent(ref)}`
  const gitUrl = `${repoUrl}/git/${type}s/${sha}`
  const htmlUrl = `${repoUrl.replace('/repos/', '/')}/blob/${ref}/${encoded}`
  return {
    type: kindOf(type, mode),
    name: path.split('/').at(-1) ?? '',
    path,
    sha,
    size: size ?? 0,
    url,
    git_url: gitUrl,
    html_url: htmlUrl,
    download_url: type === 'blob' ? `${repoUrl.replace('/repos/', '/')}/raw/${ref}/${encoded}` : null,
    _links: { self: url, git: gitUrl, html: htmlUrl },
  }
}

function kindOf(type: TreeEntry['type'], mode: string): string {
  if (type === 'tree') return 'dir'
  if (type === 'commit') return 'submodule'
  return mode === '120000' ? 'symlink' : 'file'
}
