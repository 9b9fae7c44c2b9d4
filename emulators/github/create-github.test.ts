import { createHmac, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gitText } from '@goalixa/emulators-shared/git/run-git'
import { Octokit } from '@octokit/rest'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createGithub } from './create-github.ts'

const at = { owner: 'ann', repo: 'shop' }

describe('the GitHub emulator', () => {
  let folder: string
  let github: Awaited<ReturnType<typeof createGithub>>
  let url: string
  let octokit: Octokit

  async function start() {
    const tokens = new Map([['t-ann', 'ann']])
    github = await createGithub({ dataDir: join(folder, 'data'), tokens })
    url = (await github.start()).url
    octokit = new Octokit({ baseUrl: url, auth: 't-ann' })
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'github-'))
    await start()
    await octokit.repos.createForAuthenticatedUser({ name: 'shop', auto_init: true })
  })
  afterEach(async () => {
    await github.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const cloneUrl = (token: string) => `${url.replace('://', `://ann:${token}@`)}/ann/shop.git`

  async function cloneAndCommit(branch: string, token = 't-ann') {
    const directory = join(folder, branch)
    await gitText(folder, ['clone', '--quiet', `${url}/ann/shop.git`, directory])
    await gitText(directory, ['remote', 'set-url', 'origin', cloneUrl(token)])
    await gitText(directory, ['checkout', '--quiet', '-b', branch])
    await writeFile(join(directory, 'file.txt'), `${branch}\n`)
    await gitText(directory, ['add', '.'])
    await gitText(directory, ['commit', '--quiet', '-m', `Work on ${branch}`])
    return directory
  }

  it('accepts a push over HTTP only with a token, and updates the pull requests of the branch', async () => {
    const stranger = await cloneAndCommit('stranger', 'wrong')
    await expect(gitText(stranger, ['push', '--quiet', 'origin', 'HEAD'])).rejects.toThrow(
      /Authentication|401|403/,
    )

    const directory = await cloneAndCommit('feature')
    await gitText(directory, ['push', '--quiet', 'origin', 'HEAD'])
    const { data: pull } = await octokit.pulls.create({
      ...at,
      title: 'Feature',
      head: 'feature',
      base: 'main',
    })
    await gitText(directory, ['commit', '--quiet', '--allow-empty', '-m', 'More'])
    await gitText(directory, ['push', '--quiet', 'origin', 'HEAD'])
    const sha = await gitText(directory, ['rev-parse', 'HEAD'])
    const followed = await octokit.pulls.get({ ...at, pull_number: pull.number })
    expect(followed.data.head.sha).toBe(sha)

    await gitText(directory, ['push', '--quiet', 'origin', 'HEAD:main'])
    const merged = await octokit.pulls.get({ ...at, pull_number: pull.number })
    expect(merged.data).toMatchObject({ merged: true, state: 'closed', merge_commit_sha: sha })
  })

  it('accepts a large push in chunks, and serves all of it', async () => {
    const directory = await cloneAndCommit('large')
    const bytes = randomBytes(3_000_000)
    await writeFile(join(directory, 'large.bin'), bytes)
    await gitText(directory, ['add', '.'])
    await gitText(directory, ['commit', '--quiet', '-m', 'Large'])
    await gitText(directory, ['push', '--quiet', 'origin', 'HEAD'])
    const again = join(folder, 'again')
    await gitText(folder, ['clone', '--quiet', '--depth', '1', '--branch', 'large', cloneUrl('t-ann'), again])
    expect((await readFile(join(again, 'large.bin'))).equals(bytes)).toBe(true)
  })

  it('rejects a push over HTTP to a protected branch', async () => {
    await octokit.repos.updateBranchProtection({
      ...at,
      branch: 'main',
      required_status_checks: null,
      required_pull_request_reviews: { required_approving_review_count: 1 },
      enforce_admins: true,
      restrictions: null,
    })
    const directory = await cloneAndCommit('direct')
    await expect(gitText(directory, ['push', '--quiet', 'origin', 'HEAD:main'])).rejects.toThrow(/GH006/)
  })

  it('signs webhooks, sends each once, and keeps the deliveries across a restart', async () => {
    const received: { headers: Record<string, unknown>; body: string }[] = []
    const server = createServer(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      received.push({ headers: request.headers, body })
      response.statusCode = received.length === 1 ? 200 : 500
      response.end('thanks')
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const config = {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
      content_type: 'json',
      secret: 'hush',
    }
    const { data: hook } = await octokit.repos.createWebhook({
      ...at,
      config,
      events: ['push', 'pull_request'],
    })
    expect(hook.config.secret).toBe('********')
    const content = Buffer.from('x').toString('base64')
    await octokit.repos.createOrUpdateFileContents({ ...at, path: 'ü "x".txt', message: 'Add', content })

    const deliveries = async () =>
      (await octokit.repos.listWebhookDeliveries({ ...at, hook_id: hook.id })).data
    await expect.poll(deliveries).toHaveLength(2)
    expect((await deliveries()).map(({ event, status_code }) => [event, status_code])).toEqual([
      ['push', 500],
      ['ping', 200],
    ])
    const [, push] = received
    const { data: repository } = await octokit.repos.get(at)
    const signature = createHmac('sha256', 'hush')
      .update(push?.body ?? '')
      .digest('hex')
    expect(push?.headers['x-hub-signature-256']).toBe(`sha256=${signature}`)
    expect(push?.headers['x-github-event']).toBe('push')
    expect(JSON.parse(push?.body ?? '')).toMatchObject({
      ref: 'refs/heads/main',
      head_commit: { added: ['ü "x".txt'] },
      // In the event of a push alone these are Unix seconds, and `updated_at` is not.
      repository: {
        created_at: Math.floor(Date.parse(repository.created_at) / 1000),
        pushed_at: expect.any(Number),
        updated_at: expect.stringContaining('T'),
      },
    })

    await github.stop()
    await start()
    expect(await deliveries()).toHaveLength(2)
    expect(received).toHaveLength(2)
    server.close()
  })

  it('accepts only one of two concurrent writes to a branch', async () => {
    const { data: main } = await octokit.git.getRef({ ...at, ref: 'heads/main' })
    const tree = (await octokit.git.getCommit({ ...at, commit_sha: main.object.sha })).data.tree.sha
    const commits = await Promise.all(
      Array.from({ length: 8 }, async (_, index) => {
        const made = await octokit.git.createCommit({
          ...at,
          message: `c${index}`,
          tree,
          parents: [main.object.sha],
        })
        return made.data.sha
      }),
    )
    const results = await Promise.allSettled(
      commits.map(sha => octokit.git.updateRef({ ...at, ref: 'heads/main', sha })),
    )
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    await gitText(join(folder, 'data/ann/shop.git'), ['fsck', '--strict'])
  })
})
