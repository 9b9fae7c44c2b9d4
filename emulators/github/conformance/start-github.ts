import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createResponseValidator } from '@goalixa/emulators-shared/testing/create-response-validator'
import { Octokit } from '@octokit/rest'
import { createGithub } from '../create-github.ts'
import { conformanceConfig } from './config.ts'
import description from './openapi/api.github.com.json' with { type: 'json' }

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/** Provides a repository to test against: the emulator's, or GitHub's if `CONFORMANCE_GITHUB_*` is set. */
export async function startGithub() {
  const endpoint = (await realEndpoint()) ?? (await emulatedEndpoint())
  const { owner, repo, url, token } = endpoint
  const octokit = new Octokit({ baseUrl: url, auth: token, log: SILENT, retry: { enabled: false } })
  validateResponses(octokit)
  const at = { owner, repo }

  async function commit(files: Record<string, string | null>, parents: string[], message = 'A change') {
    const [parent] = parents
    const base = parent
      ? (await octokit.git.getCommit({ ...at, commit_sha: parent })).data.tree.sha
      : undefined
    const tree = await octokit.git.createTree({
      ...at,
      ...(base ? { base_tree: base } : {}),
      tree: Object.entries(files).map(([path, content]) => ({
        path,
        mode: '100644' as const,
        type: 'blob' as const,
        ...(content === null ? { sha: null } : { content }),
      })),
    })
    const made = await octokit.git.createCommit({ ...at, message, tree: tree.data.sha, parents })
    return made.data.sha
  }

  return {
    ...endpoint,
    octokit,
    at,
    /** Writes files on top of the first parent and returns the sha of the commit; moves no branch. */
    commit,
    /** Creates a branch at a commit. */
    async branch(sha: string, prefix = 'case') {
      const name = `${prefix}-${randomUUID().slice(0, 8)}`
      await octokit.git.createRef({ ...at, ref: `refs/heads/${name}`, sha })
      return name
    },
    /** Creates a branch with these files and no history. */
    async freshBranch(files: Record<string, string>, prefix?: string) {
      const sha = await commit(files, [], 'Begin')
      return { name: await this.branch(sha, prefix), sha }
    },
    /** Adds a commit to a branch and returns its sha. */
    async push(branch: string, files: Record<string, string | null>, message?: string) {
      const { data } = await octokit.git.getRef({ ...at, ref: `heads/${branch}` })
      const sha = await commit(files, [data.object.sha], message)
      await octokit.git.updateRef({ ...at, ref: `heads/${branch}`, sha })
      return sha
    },
    async tip(branch: string) {
      return (await octokit.git.getRef({ ...at, ref: `heads/${branch}` })).data.object.sha
    },
  }
}
export type Github = Awaited<ReturnType<typeof startGithub>>

// Every response to this client is validated against GitHub's own description, whatever the test covers.
function validateResponses(octokit: Octokit) {
  const validate = createResponseValidator(description)
  const check = (method: string, path: string, status: number, body: unknown) => {
    // Pages after the first are requested by their whole URL, which matches no template.
    if (path.startsWith('/')) validate({ method, path, status, body: body === '' ? undefined : body })
  }
  octokit.hook.after('request', ({ status, data }, { method, url }) => check(method, url, status, data))
  octokit.hook.error('request', (error, { method, url }) => {
    const { status, response } = error as { status?: number; response?: { data: unknown } }
    if (status !== undefined && response) check(method, url, status, response.data)
    throw error
  })
}

async function realEndpoint() {
  const {
    CONFORMANCE_GITHUB_URL: url,
    CONFORMANCE_GITHUB_TOKEN: token,
    CONFORMANCE_GITHUB_REPO: name,
  } = conformanceConfig
  if (!url || !token || !name) return undefined
  const [owner = '', repo = ''] = name.split('/')
  const web = url.replace('://api.', '://').replace(/\/api\/v3$/, '')
  const cloneUrl = `${web.replace('://', `://x:${token}@`)}/${name}.git`
  return { url, token, otherToken: undefined, owner, repo, cloneUrl, isReal: true, stop: async () => {} }
}

async function emulatedEndpoint() {
  const dataDir = await mkdtemp(join(tmpdir(), 'github-'))
  const tokens = new Map([
    ['token-of-ann', 'ann'],
    ['token-of-bob', 'bob'],
  ])
  const github = await createGithub({ dataDir, tokens })
  const { url } = await github.start()
  const [owner, repo, token] = ['goalixa', 'deploy', 'token-of-ann']
  await new Octokit({ baseUrl: url, auth: token }).repos.createInOrg({
    org: owner,
    name: repo,
    auto_init: true,
  })
  const cloneUrl = `${url.replace('://', `://x:${token}@`)}/${owner}/${repo}.git`
  const stop = async () => {
    await github.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
  return {
    url,
    token,
    otherToken: 'token-of-bob' as string | undefined,
    owner,
    repo,
    cloneUrl,
    isReal: false,
    stop,
  }
}
