import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { resolveCommit } from '../git/read-refs.ts'
import type { Change, GithubContext } from '../github-context.ts'
import { notFound, unprocessable } from '../http/github-error.ts'
import { paginate } from '../http/paginate.ts'
import { readBody } from '../http/read-body.ts'
import { renderRepository } from '../render/render-repository.ts'
import { renderUser } from '../render/render-user.ts'
import { type CheckRun, takeId } from '../store/repository-state.ts'

type IdParams = { Params: { id: string } }
type RefParams = { Params: { ref: string } }

const CONCLUSIONS = [
  'action_required',
  'cancelled',
  'failure',
  'neutral',
  'success',
  'skipped',
  'stale',
  'timed_out',
] as const
const Fields = z.object({
  status: z.enum(['queued', 'in_progress', 'completed', 'waiting', 'requested', 'pending']).optional(),
  conclusion: z.enum(CONCLUSIONS).optional(),
  details_url: z.string().optional(),
  external_id: z.string().optional(),
  started_at: z.string().optional(),
  completed_at: z.string().optional(),
  output: z.object({ title: z.string(), summary: z.string(), text: z.string().optional() }).optional(),
})
const NewCheckRun = Fields.extend({ name: z.string().min(1), head_sha: z.string() })

/** Serves check runs: create, change, list by commit. */
export function checksRoutes(app: FastifyInstance, context: GithubContext) {
  app.post('/check-runs', (request, reply) =>
    context.change(request, async change => {
      const body = readBody(NewCheckRun, request.body, 'CheckRun')
      const headSha = await resolveCommit(change.directory, body.head_sha)
      if (headSha === null) throw unprocessable(`No commit found for SHA: ${body.head_sha}`)
      const run = startCheckRun(change, body.name, headSha)
      apply(run, body, change.now)
      change.draft.checkRuns.push(run)
      emitCheckRun(change, run, 'created')
      if (run.status === 'completed') emitCheckRun(change, run, 'completed')
      reply.status(201)
      return render(run, change.repoUrl)
    }),
  )

  app.get<IdParams>('/check-runs/:id', request => {
    const repository = context.open(request)
    return render(findRun(repository.state.checkRuns, request.params.id), context.urlOf(repository))
  })

  app.patch<IdParams>('/check-runs/:id', request =>
    context.change(request, change => {
      const body = readBody(Fields, request.body, 'CheckRun')
      const run = findRun(change.draft.checkRuns, request.params.id)
      const wasCompleted = run.status === 'completed'
      apply(run, body, change.now)
      if (run.status === 'completed' && !wasCompleted) emitCheckRun(change, run, 'completed')
      return render(run, change.repoUrl)
    }),
  )

  app.get<RefParams & { Querystring: { check_name?: string; status?: string; filter?: string } }>(
    '/commits/:ref/check-runs',
    async (request, reply) => {
      const repository = context.open(request)
      const sha = await resolveCommit(repository.directory, request.params.ref)
      if (sha === null) throw unprocessable(`No commit found for SHA: ${request.params.ref}`)
      const { check_name, status, filter = 'latest' } = request.query
      const runs = repository.state.checkRuns.filter(
        (run, index, all) =>
          run.headSha === sha &&
          (check_name === undefined || run.name === check_name) &&
          (status === undefined || run.status === status) &&
          (filter === 'all' ||
            !all.slice(index + 1).some(later => later.headSha === sha && later.name === run.name)),
      )
      const rendered = runs.map(run => render(run, context.urlOf(repository)))
      return { total_count: runs.length, check_runs: paginate(request, reply, rendered) }
    },
  )
}

function startCheckRun({ draft, now }: Change, name: string, headSha: string): CheckRun {
  return {
    id: takeId(draft),
    name,
    headSha,
    status: 'queued',
    conclusion: null,
    detailsUrl: null,
    externalId: '',
    startedAt: now.toISOString(),
    completedAt: null,
    output: { title: null, summary: null, text: null },
  }
}

function apply(run: CheckRun, fields: z.infer<typeof Fields>, now: Date): void {
  run.detailsUrl = fields.details_url ?? run.detailsUrl
  run.externalId = fields.external_id ?? run.externalId
  run.startedAt = fields.started_at ?? run.startedAt
  run.output = fields.output ? { text: null, ...fields.output } : run.output
  run.status = fields.conclusion === undefined ? (fields.status ?? run.status) : 'completed'
  if (run.status !== 'completed') return
  if (fields.conclusion === undefined && run.conclusion === null)
    throw unprocessable('Invalid request.\n\n"conclusion" wasn\'t supplied.')
  run.conclusion = fields.conclusion ?? run.conclusion
  run.completedAt = fields.completed_at ?? run.completedAt ?? now.toISOString()
}

function findRun(runs: CheckRun[], id: string): CheckRun {
  const run = runs.find(each => String(each.id) === id)
  if (!run) throw notFound()
  return run
}

function render(run: CheckRun, repoUrl: string) {
  return {
    id: run.id,
    node_id: `CR_${run.id}`,
    name: run.name,
    head_sha: run.headSha,
    external_id: run.externalId,
    url: `${repoUrl}/check-runs/${run.id}`,
    html_url: `${repoUrl.replace('/repos/', '/')}/runs/${run.id}`,
    details_url: run.detailsUrl,
    status: run.status,
    conclusion: run.conclusion,
    started_at: run.startedAt,
    completed_at: run.completedAt,
    output: { ...run.output, annotations_count: 0, annotations_url: '' },
    pull_requests: [],
  }
}

function emitCheckRun({ emit, draft, baseUrl, repoUrl, login }: Change, run: CheckRun, action: string): void {
  const payload = {
    action,
    check_run: render(run, repoUrl),
    repository: renderRepository(draft, baseUrl),
    sender: renderUser(login, baseUrl),
  }
  emit({ event: 'check_run', action, payload })
}
