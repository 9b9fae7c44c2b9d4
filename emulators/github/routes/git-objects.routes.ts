import { GitFailure } from '@goalixa/emulators-shared/git/run-git'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { readCommit } from '../git/list-commits.ts'
import { resolveCommit, typeOfObject } from '../git/read-refs.ts'
import { listTree, readBlob, writeBlob } from '../git/read-tree.ts'
import { personOf, writeCommit } from '../git/write-commit.ts'
import { writeTree } from '../git/write-tree.ts'
import type { GithubContext } from '../github-context.ts'
import { notFound, unprocessable } from '../http/github-error.ts'
import { readBody } from '../http/read-body.ts'
import { renderGitCommit } from '../render/render-commit.ts'

type ShaParams = { Params: { sha: string } }

const Sha = z.string().regex(/^[0-9a-f]{40}$/, 'expected a full sha')
const NewBlob = z.object({ content: z.string(), encoding: z.enum(['utf-8', 'base64']).default('utf-8') })
const NewTree = z.object({
  base_tree: z.string().nullish(),
  tree: z.array(
    z.object({
      path: z.string().min(1),
      mode: z.enum(['100644', '100755', '040000', '160000', '120000']),
      type: z.enum(['blob', 'tree', 'commit']).optional(),
      sha: Sha.nullish(),
      content: z.string().optional(),
    }),
  ),
})
const Person = z.object({
  name: z.string().min(1),
  email: z.string().min(1),
  date: z.iso.datetime({ offset: true }).optional(),
})
const NewCommit = z.object({
  message: z.string(),
  tree: Sha,
  parents: z.array(Sha).default([]),
  author: Person.optional(),
  committer: Person.optional(),
})

/** Serves Git blobs, trees and commits. Objects created here belong to no branch until a ref points to them. */
export function gitObjectsRoutes(app: FastifyInstance, context: GithubContext) {
  app.post('/git/blobs', async (request, reply) => {
    const { directory, repoUrl } = context.enter(request)
    const { content, encoding } = readBody(NewBlob, request.body, 'Blob')
    const sha = await writeBlob(directory, Buffer.from(content, encoding))
    reply.status(201)
    return { sha, url: `${repoUrl}/git/blobs/${sha}` }
  })

  app.get<ShaParams>('/git/blobs/:sha', async (request, reply) => {
    const repository = context.open(request)
    const { sha } = request.params
    if ((await typeOfObject(repository.directory, sha)) !== 'blob') throw notFound()
    const bytes = await readBlob(repository.directory, sha)
    if (request.headers.accept?.includes('.raw')) return reply.type('application/octet-stream').send(bytes)
    const url = `${context.urlOf(repository)}/git/blobs/${sha}`
    return {
      sha,
      node_id: `B_${sha}`,
      url,
      size: bytes.length,
      encoding: 'base64',
      content: bytes.toString('base64'),
    }
  })

  app.post('/git/trees', async (request, reply) => {
    const { directory, repoUrl } = context.enter(request)
    const body = readBody(NewTree, request.body, 'Tree')
    const base = body.base_tree ? await treeOf(directory, body.base_tree) : null
    const changes = await Promise.all(
      body.tree.map(async ({ path, mode, sha, content }) => ({
        path,
        mode,
        sha: content === undefined ? (sha ?? null) : await writeBlob(directory, Buffer.from(content)),
      })),
    )
    const sha = await writeTree(directory, base, changes).catch(rejectBadObject)
    reply.status(201)
    return await renderTree(directory, sha, false, repoUrl)
  })

  app.get<ShaParams & { Querystring: { recursive?: string } }>('/git/trees/:sha', async request => {
    const repository = context.open(request)
    const sha = await treeOf(repository.directory, request.params.sha)
    return renderTree(
      repository.directory,
      sha,
      request.query.recursive !== undefined,
      context.urlOf(repository),
    )
  })

  app.post('/git/commits', async (request, reply) => {
    const { directory, login, now, repoUrl } = context.enter(request)
    const body = readBody(NewCommit, request.body, 'Commit')
    if ((await typeOfObject(directory, body.tree)) !== 'tree') throw unprocessable('Tree SHA does not exist')
    for (const parent of body.parents) {
      if ((await typeOfObject(directory, parent)) !== 'commit')
        throw unprocessable('Parent SHA does not exist or is not a commit object')
    }
    const dated = (person: z.infer<typeof Person>) => ({ date: now.toISOString(), ...person })
    const author = body.author ? dated(body.author) : personOf(login, now)
    const committer = body.committer ? dated(body.committer) : author
    const { message, tree, parents } = body
    const sha = await writeCommit(directory, { message, tree, parents, author, committer }).catch(
      rejectBadObject,
    )
    reply.status(201)
    return renderGitCommit(await readCommit(directory, sha), repoUrl)
  })

  app.get<ShaParams>('/git/commits/:sha', async request => {
    const repository = context.open(request)
    const { sha } = request.params
    if ((await typeOfObject(repository.directory, sha)) !== 'commit') throw notFound()
    return renderGitCommit(await readCommit(repository.directory, sha), context.urlOf(repository))
  })
}

async function treeOf(directory: string, name: string): Promise<string> {
  if ((await typeOfObject(directory, name)) === 'tree') return name
  const commit = await resolveCommit(directory, name)
  if (commit === null) throw notFound()
  return (await readCommit(directory, commit)).tree
}

async function renderTree(directory: string, sha: string, isRecursive: boolean, repoUrl: string) {
  const entries = await listTree(directory, sha, isRecursive)
  const kinds = { blob: 'blobs', tree: 'trees', commit: 'commits' } as const
  return {
    sha,
    url: `${repoUrl}/git/trees/${sha}`,
    tree: entries.map(({ path, mode, type, sha: object, size }) => ({
      path,
      mode,
      type,
      sha: object,
      ...(size === null ? {} : { size }),
      url: `${repoUrl}/git/${kinds[type]}/${object}`,
    })),
    truncated: false,
  }
}

function rejectBadObject(error: unknown): never {
  if (error instanceof GitFailure) throw unprocessable(`GitRPC::BadObjectState: ${error.stderr}`)
  throw error
}
