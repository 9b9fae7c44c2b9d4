import { createHash } from 'node:crypto'
import { access, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createLock } from '@goalixa/emulators-shared/git/create-lock'
import { GitFailure, gitText, runGit } from '@goalixa/emulators-shared/git/run-git'
import { shareWaiting } from '@goalixa/emulators-shared/git/share-waiting'
import { type Credentials, normalUrl } from './create-repository-store.ts'

export type ManifestFile = { path: string; text: string }

/** A failure to read from Git, with the message that Argo CD shows. */
export class SourceError extends Error {
  override readonly name = 'SourceError'
}

type Deps = { folder: string; credentialsOf: (url: string) => Credentials | undefined }

/**
 * Reads the repositories of applications through one bare mirror each, which is fetched only if a commit is missing.
 */
export function createGitSource({ folder, credentialsOf }: Deps) {
  const locks = new Map<string, ReturnType<typeof createLock>>()
  const listings = new Map<string, () => Promise<Map<string, string>>>()

  const mirrorOf = (url: string) =>
    join(folder, createHash('sha256').update(normalUrl(url)).digest('hex').slice(0, 16))
  function lockOf(url: string) {
    const lock = locks.get(mirrorOf(url)) ?? createLock()
    locks.set(mirrorOf(url), lock)
    return lock
  }

  // Applications of one repository that are refreshed together share one request to the server.
  function listRemote(url: string): Promise<Map<string, string>> {
    const ask =
      listings.get(url) ?? shareWaiting(createLock(), () => askRemote(folder, url, credentialsOf(url)))
    listings.set(url, ask)
    return ask()
  }

  async function ensure(url: string, sha: string): Promise<string> {
    return lockOf(url)(async () => {
      const mirror = await openMirror(mirrorOf(url))
      if (!(await hasCommit(mirror, sha))) await fetchAll(mirror, url, credentialsOf(url))
      if (await hasCommit(mirror, sha)) return mirror
      throw new SourceError(
        `rpc error: code = Unknown desc = failed to checkout revision ${sha}: reference is not a tree: ${sha}`,
      )
    })
  }

  return {
    /** Resolves a branch, tag, HEAD or sha to its current commit; a sha without asking the server. Throws SourceError. */
    async resolve(url: string, revision: string): Promise<string> {
      if (/^[0-9a-f]{40}$/.test(revision)) return revision
      const refs = await listRemote(url)
      const sha =
        refs.get(revision) ??
        refs.get(`refs/heads/${revision}`) ??
        refs.get(`refs/tags/${revision}^{}`) ??
        refs.get(`refs/tags/${revision}`)
      if (sha !== undefined) return sha
      throw new SourceError(
        `rpc error: code = Unknown desc = unable to resolve '${revision}' to a commit SHA`,
      )
    },

    /** Reads the manifest files of a folder at a commit. Throws SourceError. */
    async readFolder(url: string, sha: string, path: string, isRecursive: boolean): Promise<ManifestFile[]> {
      const mirror = await ensure(url, sha)
      const files = await listFolder(mirror, sha, path, isRecursive)
      return readBlobs(mirror, files)
    },

    /** Reads author, date and message of a commit. Throws SourceError. */
    async readMetadata(url: string, sha: string) {
      const mirror = await ensure(url, sha)
      const text = await gitText(mirror, ['show', '--no-patch', '--format=%an <%ae>%n%cI%n%B', sha])
      const [author = '', date = '', ...message] = text.split('\n')
      const tags = (await gitText(mirror, ['tag', '--points-at', sha])).split('\n').filter(Boolean)
      return {
        author,
        date: new Date(date).toISOString(),
        ...(tags.length > 0 ? { tags } : {}),
        message: message.join('\n').trim(),
      }
    },

    /** Throws SourceError if the repository cannot be read. */
    async check(url: string): Promise<void> {
      await listRemote(url)
    },
  }
}
export type GitSource = ReturnType<typeof createGitSource>

async function askRemote(folder: string, url: string, credentials: Credentials | undefined) {
  await mkdir(folder, { recursive: true })
  const env = credentialsEnv(credentials)
  const text = await gitText(folder, ['ls-remote', '--', url], {
    env,
    signal: AbortSignal.timeout(15_000),
  }).catch(sourceError('failed to list refs'))
  const lines = text.split('\n').filter(Boolean)
  return new Map(lines.map(line => line.split('\t').reverse() as [string, string]))
}

async function openMirror(mirror: string): Promise<string> {
  const exists = await access(join(mirror, 'HEAD')).then(
    () => true,
    () => false,
  )
  if (exists) return mirror
  await mkdir(mirror, { recursive: true })
  await gitText(mirror, ['init', '--quiet', '--bare', '.'])
  return mirror
}

async function fetchAll(mirror: string, url: string, credentials: Credentials | undefined): Promise<void> {
  const args = [
    'fetch',
    '--quiet',
    '--force',
    '--',
    url,
    '+refs/heads/*:refs/heads/*',
    '+refs/tags/*:refs/tags/*',
  ]
  const options = { env: credentialsEnv(credentials), signal: AbortSignal.timeout(60_000) }
  await runGit(mirror, args, options).catch(sourceError('failed to fetch'))
}

async function hasCommit(mirror: string, sha: string): Promise<boolean> {
  return (
    (await runGit(mirror, ['cat-file', '-e', `${sha}^{commit}`], { acceptedExitCodes: [1, 128] }))
      .exitCode === 0
  )
}

async function listFolder(mirror: string, sha: string, path: string, isRecursive: boolean) {
  const folder = path.replace(/^\.?\/+|\/+$/g, '').replace(/^\.$/, '')
  const treeish = folder === '' ? sha : `${sha}:${folder}`
  const text = await gitText(mirror, ['ls-tree', '-z', ...(isRecursive ? ['-r'] : []), treeish]).catch(() => {
    throw new SourceError(`rpc error: code = Unknown desc = ${path}: app path does not exist`)
  })
  const entries = text.split('\0').filter(Boolean).map(parseEntry)
  return entries.filter(({ type, path: file }) => type === 'blob' && /\.(ya?ml|json)$/.test(file))
}

function parseEntry(line: string) {
  const [head = '', path = ''] = line.split('\t')
  const [, type = '', sha = ''] = head.split(' ')
  return { path, type, sha }
}

// Format of `git cat-file --batch`: `<sha> blob <size>`, line break, that many bytes, line break.
async function readBlobs(mirror: string, files: { path: string; sha: string }[]): Promise<ManifestFile[]> {
  const input = files.map(({ sha }) => `${sha}\n`).join('')
  const { stdout } = await runGit(mirror, ['cat-file', '--batch'], { input })
  let at = 0
  return files.map(({ path }) => {
    const end = stdout.indexOf('\n', at)
    const size = Number(stdout.subarray(at, end).toString().split(' ')[2])
    at = end + 1 + size + 1
    return { path, text: stdout.subarray(end + 1, end + 1 + size).toString() }
  })
}

// Passed in the environment, so that no process list shows a password.
function credentialsEnv(credentials: Credentials | undefined): Record<string, string> {
  if (!credentials?.password) return {}
  const basic = Buffer.from(`${credentials.username ?? 'x'}:${credentials.password}`).toString('base64')
  return {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'http.extraHeader',
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}`,
  }
}

function sourceError(what: string) {
  return (error: unknown): never => {
    if (!(error instanceof GitFailure)) throw error
    throw new SourceError(`rpc error: code = Unknown desc = ${what}: ${error.stderr}`, { cause: error })
  }
}
