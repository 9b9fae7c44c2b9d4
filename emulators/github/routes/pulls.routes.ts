import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { diffText, listChangedFiles } from '../git/list-changed-files.ts'
import { countCommits, listCommits } from '../git/list-commits.ts'
import { mergeBase } from '../git/merge-commits.ts'
import { readRef, writeRef } from '../git/read-refs.ts'
import type { Change, GithubContext } from '../github-context.ts'
import { unprocessable, validationFailed } from '../http/github-error.ts'
import { paginate } from '../http/paginate.ts'
import { readBody } from '../http/read-body.ts'
import { closePull } from '../pulls/close-pull.ts'
import { describePull, forkPointOf } from '../pulls/describe-pull.ts'
import { emitPull } from '../pulls/emit-pull.ts'
import { findPull } from '../pulls/find-pull.ts'
import { renderCommit, renderFile } from '../render/render-commit.ts'
import { renderPull } from '../render/render-pull.ts'
import { type Pull, takeId } from '../store/repository-state.ts'

type NumberParams = { Params: { number: string } }
type ListQuery = {
  Querystring: { state?: string; head?: string; base?: string; sort?: string; direction?: string }
}

const NewPull = z.object({
  title: z.string().min(1),
  head: z.string().min(1),
  base: z.string().min(1),
  body: z.string().nullish(),
  draft: z.boolean().default(false),
})
const Update = z.object({
  title: z.string().min(1).optional(),
  body: z.string().nullish(),
  state: z.enum(['open', 'closed']).optional(),
  base: z.string().optional(),
})

/** Serves pull requests between branches of one repository: create, list, read, change, files, commits. */
export function pullsRoutes(app: FastifyInstance, context: GithubContext) {
  app.post('/pulls', (request, reply) =>
    context.change(request, async change => {
      const body = readBody(NewPull, request.body, 'PullRequest')
      const pull = await openPull(change, body)
      const { directory, draft: state, baseUrl } = change
      reply.status(201)
      return await describePull({ directory, state }, pull, baseUrl)
    }),
  )

  app.get<ListQuery>('/pulls', (request, reply) => {
    const { state } = context.open(request)
    const { state: wanted = 'open', head, base, direction, sort = 'created' } = request.query
    const found = state.pulls.filter(
      pull =>
        (wanted === 'all' || pull.state === wanted) &&
        (head === undefined || `${state.owner}:${pull.headRef}` === head) &&
        (base === undefined || pull.baseRef === base),
    )
    const ordered =
      sort === 'updated' ? found.toSorted((a, b) => a.updatedAt.localeCompare(b.updatedAt)) : found
    const isAscending = direction === 'asc'
    const listed = (isAscending ? ordered : ordered.toReversed()).map(pull =>
      renderPull(state, pull, context.baseUrl()),
    )
    return paginate(request, reply, listed)
  })

  app.get<NumberParams>('/pulls/:number', async (request, reply) => {
    const repository = context.open(request)
    const pull = findPull(repository.state, request.params.number)
    if (!/application\/vnd\.github(\.v3)?\.diff/.test(request.headers.accept ?? ''))
      return describePull(repository, pull, context.baseUrl())
    const from = await forkPointOf(repository.directory, pull)
    return reply.type('text/plain').send(await diffText(repository.directory, from, pull.headSha))
  })

  app.patch<NumberParams>('/pulls/:number', request =>
    context.change(request, async change => {
      const body = readBody(Update, request.body, 'PullRequest')
      const pull = findPull(change.draft, request.params.number)
      await update(change, pull, body)
      return describePull({ directory: change.directory, state: change.draft }, pull, change.baseUrl)
    }),
  )

  app.get<NumberParams>('/pulls/:number/files', async (request, reply) => {
    const repository = context.open(request)
    const pull = findPull(repository.state, request.params.number)
    const from = await forkPointOf(repository.directory, pull)
    const files = await listChangedFiles(repository.directory, from, pull.headSha)
    return paginate(
      request,
      reply,
      files.map(file => renderFile(file, context.urlOf(repository), pull.headSha)),
    )
  })

  app.get<NumberParams>('/pulls/:number/commits', async (request, reply) => {
    const repository = context.open(request)
    const pull = findPull(repository.state, request.params.number)
    const from = await forkPointOf(repository.directory, pull)
    const commits = await listCommits(repository.directory, `${from}..${pull.headSha}`)
    return paginate(
      request,
      reply,
      commits.toReversed().map(commit => renderCommit(commit, context.urlOf(repository))),
    )
  })
}

async function openPull(change: Change, body: z.infer<typeof NewPull>): Promise<Pull> {
  const { directory, draft, login, now } = change
  const headRef = body.head.replace(`${draft.owner}:`, '')
  const headSha = await readRef(directory, `refs/heads/${headRef}`)
  if (headSha === null) throw validationFailed({ resource: 'PullRequest', field: 'head', code: 'invalid' })
  const baseSha = await readRef(directory, `refs/heads/${body.base}`)
  if (baseSha === null) throw validationFailed({ resource: 'PullRequest', field: 'base', code: 'invalid' })
  await requireNewCommits(change, { headRef, headSha, baseRef: body.base, baseSha })
  const at = now.toISOString()
  const pull: Pull = {
    id: takeId(draft),
    number: draft.nextNumber,
    title: body.title,
    body: body.body ?? null,
    state: 'open',
    draft: body.draft,
    headRef,
    baseRef: body.base,
    headSha,
    baseSha,
    user: login,
    labels: [],
    requestedReviewers: [],
    createdAt: at,
    updatedAt: at,
    closedAt: null,
    mergedAt: null,
    mergedBy: null,
    mergeCommitSha: null,
  }
  draft.nextNumber += 1
  draft.pulls.push(pull)
  await writeRef(directory, `refs/pull/${pull.number}/head`, headSha)
  await emitPull(change, pull, 'opened')
  return pull
}

type Ends = Pick<Pull, 'headRef' | 'headSha' | 'baseRef' | 'baseSha'>

async function requireNewCommits(
  { directory, draft }: Change,
  { headRef, headSha, baseRef, baseSha }: Ends,
): Promise<void> {
  const problem = (message: string) => validationFailed({ resource: 'PullRequest', code: 'custom', message })
  const isOpen = draft.pulls.some(
    pull => pull.state === 'open' && pull.headRef === headRef && pull.baseRef === baseRef,
  )
  if (isOpen) throw problem(`A pull request already exists for ${draft.owner}:${headRef}.`)
  if ((await mergeBase(directory, baseSha, headSha)) === null)
    throw problem(`The ${headRef} branch has no history in common with ${baseRef}`)
  if ((await countCommits(directory, `${baseSha}..${headSha}`)) === 0)
    throw problem(`No commits between ${baseRef} and ${headRef}`)
}

async function update(change: Change, pull: Pull, body: z.infer<typeof Update>): Promise<void> {
  const { directory, now } = change
  if (body.base !== undefined && body.base !== pull.baseRef) {
    const baseSha = await readRef(directory, `refs/heads/${body.base}`)
    if (baseSha === null) throw validationFailed({ resource: 'PullRequest', field: 'base', code: 'invalid' })
    Object.assign(pull, { baseRef: body.base, baseSha })
  }
  pull.title = body.title ?? pull.title
  pull.body = body.body === undefined ? pull.body : body.body
  pull.updatedAt = now.toISOString()
  if (body.state === 'closed' && pull.state === 'open') return closePull(change, pull)
  if (body.state === 'open' && pull.state === 'closed') return reopen(change, pull)
  await emitPull(change, pull, 'edited')
}

async function reopen(change: Change, pull: Pull): Promise<void> {
  const headSha = await readRef(change.directory, `refs/heads/${pull.headRef}`)
  if (pull.mergedAt !== null || headSha === null)
    throw unprocessable('Validation Failed: state cannot be changed. The pull request cannot be reopened.')
  Object.assign(pull, { state: 'open', closedAt: null, headSha })
  await emitPull(change, pull, 'reopened')
}
