import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createGithub } from '@goalixa/github-emulator/create-github'
import { createClients } from '@goalixa/tools/create-clients'
import { parseRepository } from '@goalixa/tools/forge/parse-git-address'

/** The host in the addresses of repositories on the emulator. */
export const GIT_HOST = 'github.test'

/** Where GitHub's API has a repository that the tools name with its host. */
export function apiPath(repo: string): string {
  return `/repos/${parseRepository(repo).path}`
}

/** Starts the GitHub emulator, whose conformance suite also runs against GitHub. */
export async function startTestGithub({ now }: { now?: () => Date } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'github-'))
  const github = await createGithub({
    dataDir: folder,
    now,
    tokens: new Map([
      ['secret', 'syntra-bot'],
      ['other', 'mallory'],
    ]),
  })
  const { url } = await github.start()
  let made = 0

  async function send(token: string, method: string, path: string, body?: unknown) {
    const response = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return text === '' ? null : JSON.parse(text)
  }

  const api = (method: string, path: string, body?: unknown) => send('secret', method, path, body)

  return {
    url,
    clients: createClients({ github: { url, token: 'secret', gitHosts: [GIT_HOST] } }),
    api,
    /** The same as an account that may push, and is not Syntra's. */
    asOther: (method: string, path: string, body?: unknown) => send('other', method, path, body),
    /** Creates a repository, with functions to commit one file and to read it. */
    async repository() {
      made += 1
      const repo = `${GIT_HOST}/goalixa/deploy-${made}`
      await api('POST', '/orgs/goalixa/repos', { name: `deploy-${made}`, auto_init: true })
      const path = `${apiPath(repo)}/contents/core.yaml`
      const present = async (branch = 'main') => api('GET', `${path}?ref=${encodeURIComponent(branch)}`)
      return {
        repo,
        async write(lines: string[], message: string): Promise<string> {
          const before = await present().catch(() => null)
          const content = Buffer.from(`${lines.join('\n')}\n`).toString('base64')
          const { commit } = await api('PUT', path, { message, content, branch: 'main', sha: before?.sha })
          return commit.sha
        },
        async lines(branch = 'main'): Promise<string[]> {
          const { content } = await present(branch)
          return Buffer.from(content, 'base64').toString().trimEnd().split('\n')
        },
      }
    },
    async stop() {
      await github.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
export type TestGithub = Awaited<ReturnType<typeof startTestGithub>>
