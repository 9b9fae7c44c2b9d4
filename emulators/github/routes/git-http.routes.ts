import { spawn } from 'node:child_process'
import { basename, dirname } from 'node:path'
import type { Readable } from 'node:stream'
import { gitEnvironment } from '@goalixa/emulators-shared/git/config'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { listRefs } from '../git/read-refs.ts'
import type { GithubContext } from '../github-context.ts'
import { GithubError, notFound } from '../http/github-error.ts'
import { handleRefChange } from '../pulls/handle-ref-change.ts'

type RepositoryParams = { Params: { owner: string; repo: string } }

/**
 * Serves Git's smart HTTP protocol at `/{owner}/{repo}.git` through `git http-backend`. A push needs a token as
 * password.
 */
export function gitHttpRoutes(app: FastifyInstance, context: GithubContext) {
  // Packs are streamed to git as they arrive.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload))

  for (const suffix of ['info/refs', 'git-upload-pack', 'git-receive-pack'] as const) {
    app.route<RepositoryParams>({
      method: suffix === 'info/refs' ? 'GET' : 'POST',
      url: `/:owner/:repo/${suffix}`,
      handler: (request, reply) => serve(request, reply, suffix),
    })
  }

  async function serve(request: FastifyRequest<RepositoryParams>, reply: FastifyReply, suffix: string) {
    const { owner, repo } = request.params
    if (!repo.endsWith('.git')) throw notFound()
    const service = suffix === 'info/refs' ? (request.query as { service?: string }).service : suffix
    const isPush = service === 'git-receive-pack'
    const repository = context.store.find(owner, repo.slice(0, -'.git'.length))
    if (request.login === null && (isPush || repository?.state.isPrivate)) {
      reply.header('www-authenticate', 'Basic realm="GitHub"')
      throw new GithubError(401, 'Authentication required')
    }
    if (!repository) throw notFound('Repository not found.')
    request.params = { owner, repo: repository.state.name }
    if (suffix !== 'git-receive-pack')
      return sendCgi(reply, await runBackend(request, repository.directory, suffix))
    const output = await context.change(request, async change => {
      const before = await refsOf(change.directory)
      const answer = await runBackend(request, change.directory, suffix)
      const after = await refsOf(change.directory)
      for (const ref of new Set([...before.keys(), ...after.keys()]))
        await handleRefChange(change, { ref, before: before.get(ref) ?? null, after: after.get(ref) ?? null })
      return answer
    })
    // Sent only now: a client whose push succeeded finds its pull requests up to date.
    return sendCgi(reply, output)
  }
}

async function refsOf(directory: string): Promise<Map<string, string>> {
  return new Map((await listRefs(directory, 'refs/')).map(({ ref, sha }) => [ref, sha]))
}

async function runBackend(request: FastifyRequest, directory: string, suffix: string): Promise<Buffer> {
  const child = spawn('git', ['http-backend'], {
    env: {
      ...gitEnvironment(),
      GIT_PROJECT_ROOT: dirname(directory),
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: `/${basename(directory)}/${suffix}`,
      REQUEST_METHOD: request.method,
      QUERY_STRING: request.url.split('?')[1] ?? '',
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: String(request.headers['content-encoding'] ?? ''),
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      ...(request.login === null ? {} : { REMOTE_USER: request.login }),
    },
  })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr.resume()
  child.stdin.on('error', () => {})
  if (request.method === 'POST') (request.body as Readable).pipe(child.stdin)
  else child.stdin.end()
  // If a client disconnects in the middle of a pack, git would wait for the rest and keep the repository locked.
  request.raw.once('close', () => child.stdin.end())
  await new Promise<void>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', () => resolve())
  })
  return Buffer.concat(chunks)
}

// RFC 3875: header lines, an empty line, the body; `Status` is the status line.
function sendCgi(reply: FastifyReply, output: Buffer) {
  const end = output.indexOf('\r\n\r\n')
  if (end === -1) throw new GithubError(500, 'git http-backend did not respond')
  for (const line of output.subarray(0, end).toString().split('\r\n')) {
    const [name = '', ...value] = line.split(': ')
    if (name.toLowerCase() === 'status') reply.status(Number(value.join(': ').split(' ')[0]))
    else reply.header(name, value.join(': '))
  }
  return reply.send(output.subarray(end + 4))
}
