import type { FastifyInstance } from 'fastify'
import { diffText, listChangedFiles } from '../git/list-changed-files.ts'
import { countCommits, listCommits, readCommit } from '../git/list-commits.ts'
import { isAncestor, mergeBase } from '../git/merge-commits.ts'
import { resolveCommit } from '../git/read-refs.ts'
import type { GithubContext } from '../github-context.ts'
import { GithubError, notFound, unprocessable } from '../http/github-error.ts'
import { linkPages, pageOf, paginate } from '../http/paginate.ts'
import { renderCommit, renderFile } from '../render/render-commit.ts'
import { renderPull } from '../render/render-pull.ts'

type ListQuery = { sha?: string; path?: string; since?: string; until?: string; author?: string }

/** Serves commits: list, read with files, compare. */
export function commitsRoutes(app: FastifyInstance, context: GithubContext) {
  app.get<{ Querystring: ListQuery }>('/commits', async (request, reply) => {
    const repository = context.open(request)
    const { sha: from = repository.state.defaultBranch, ...filter } = request.query
    const tip = await resolveCommit(repository.directory, from)
    if (tip === null) {
      if (request.query.sha === undefined) throw new GithubError(409, 'Git Repository is empty.')
      throw notFound()
    }
    requireDates(filter)
    linkPages(request, reply, await countCommits(repository.directory, tip, filter))
    const { page, perPage } = pageOf(request)
    const paged = { ...filter, skip: (page - 1) * perPage, limit: perPage }
    const commits = await listCommits(repository.directory, tip, paged)
    return commits.map(commit => renderCommit(commit, context.urlOf(repository)))
  })

  app.get<{ Params: { ref: string } }>('/commits/:ref', async (request, reply) => {
    const repository = context.open(request)
    const { directory } = repository
    const sha = await resolveCommit(directory, request.params.ref)
    if (sha === null) throw unprocessable(`No commit found for SHA: ${request.params.ref}`)
    const commit = await readCommit(directory, sha)
    const parent = commit.parents[0] ?? null
    if (wantsDiff(request.headers.accept))
      return reply.type('text/plain').send(await diffText(directory, parent, sha))
    if (request.headers.accept?.includes('.sha')) return reply.type('text/plain').send(sha)
    const files = await listChangedFiles(directory, parent, sha)
    const additions = files.reduce((sum, file) => sum + file.additions, 0)
    const deletions = files.reduce((sum, file) => sum + file.deletions, 0)
    const repoUrl = context.urlOf(repository)
    return {
      ...renderCommit(commit, repoUrl),
      stats: { total: additions + deletions, additions, deletions },
      files: files.slice(0, 300).map(file => renderFile(file, repoUrl, sha)),
    }
  })

  app.get<{ Params: { ref: string } }>('/commits/:ref/pulls', async (request, reply) => {
    const repository = context.open(request)
    const sha = await resolveCommit(repository.directory, request.params.ref)
    if (sha === null) throw unprocessable(`No commit found for SHA: ${request.params.ref}`)
    const holds = await Promise.all(
      repository.state.pulls.map(
        async pull =>
          pull.mergeCommitSha === sha ||
          ((await isAncestor(repository.directory, sha, pull.headSha)) &&
            !(await isAncestor(repository.directory, sha, pull.baseSha))),
      ),
    )
    const found = repository.state.pulls.filter((_, index) => holds[index])
    return paginate(
      request,
      reply,
      found.map(pull => renderPull(repository.state, pull, context.baseUrl())),
    )
  })

  app.get<{ Params: { '*': string } }>('/compare/*', async (request, reply) => {
    const repository = context.open(request)
    const { directory } = repository
    const [baseName = '', headName = ''] = request.params['*'].split('...')
    const own = (name: string) => name.replace(`${repository.state.owner}:`, '')
    const [base, head] = await Promise.all(
      [baseName, headName].map(name => resolveCommit(directory, own(name))),
    )
    if (!base || !head) throw notFound()
    const fork = await mergeBase(directory, base, head)
    if (fork === null) throw notFound(`No common ancestor between ${baseName} and ${headName}.`)
    if (wantsDiff(request.headers.accept))
      return reply.type('text/plain').send(await diffText(directory, fork, head))
    const [ahead, behind, files] = await Promise.all([
      listCommits(directory, `${base}..${head}`),
      countCommits(directory, `${head}..${base}`),
      listChangedFiles(directory, fork, head),
    ])
    const repoUrl = context.urlOf(repository)
    const url = `${repoUrl}/compare/${encodeURIComponent(baseName)}...${encodeURIComponent(headName)}`
    const [baseCommit, forkCommit] = await Promise.all([
      readCommit(directory, base),
      readCommit(directory, fork),
    ])
    const isPaged = 'page' in (request.query as object) || 'per_page' in (request.query as object)
    const commits = ahead.toReversed().map(commit => renderCommit(commit, repoUrl))
    return {
      url,
      html_url: url.replace('/repos/', '/'),
      permalink_url: url.replace('/repos/', '/'),
      diff_url: `${url.replace('/repos/', '/')}.diff`,
      patch_url: `${url.replace('/repos/', '/')}.patch`,
      base_commit: renderCommit(baseCommit, repoUrl),
      merge_base_commit: renderCommit(forkCommit, repoUrl),
      status: statusOf(ahead.length, behind),
      ahead_by: ahead.length,
      behind_by: behind,
      total_commits: ahead.length,
      commits: isPaged ? paginate(request, reply, commits) : commits.slice(0, 250),
      files: files.slice(0, 300).map(file => renderFile(file, repoUrl, head)),
    }
  })
}

function statusOf(ahead: number, behind: number) {
  if (ahead > 0 && behind > 0) return 'diverged'
  if (ahead > 0) return 'ahead'
  return behind > 0 ? 'behind' : 'identical'
}

function wantsDiff(accept: string | undefined): boolean {
  return /application\/vnd\.github(\.v3)?\.diff/.test(accept ?? '')
}

function requireDates({ since, until }: ListQuery): void {
  for (const date of [since, until]) {
    if (date !== undefined && Number.isNaN(Date.parse(date))) throw unprocessable(`Invalid date: ${date}`)
  }
}
