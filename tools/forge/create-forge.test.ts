import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { findTool } from '../catalog.ts'
import { createClients, type ToolSettings } from '../create-clients.ts'
import { createAnsweringServer } from '../testing/answering-server.ts'
import { createWriteCall } from '../testing/create-write-call.ts'

const SHA = 'b'.repeat(40)
const signal = new AbortController().signal

/** A GitHub that has every repository, and counts who asks. */
let github: Awaited<ReturnType<typeof createAnsweringServer>>
beforeAll(async () => {
  github = await createAnsweringServer(() => ({ body: [] }))
})
beforeEach(() => github.asked.splice(0))
afterAll(() => github.close())

const listCommits = (repo: string, given: ToolSettings) =>
  findTool('forge_list_commits').run({ repo, branch: 'main' }, createClients(given), signal)

describe('the repository of another host', () => {
  const repo = 'gitlab.example.com/platform/apps/deploy'

  it('is read at no other host, and the failure says what is needed', async () => {
    await expect(listCommits(repo, { github: { url: github.url, token: 't' } })).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'NOT_CONFIGURED',
      message: expect.stringMatching(
        /the host gitlab\.example\.com of the repository platform\/apps\/deploy.*GITHUB_URL/,
      ),
    })
    expect(github.asked).toEqual([])
  })

  it('gets no revert elsewhere, and none is looked for there', async () => {
    const clients = createClients({ github: { url: github.url, token: 't' } })
    const revert = { repo, branch: 'main', sha: SHA, actionId: 'act-1' }
    const close = { ...revert, branch: 'syntra/revert-1', number: 1 }
    for (const { run, findEffect } of [
      clients.forge.openRevert,
      clients.forge.mergeRevert,
      { ...clients.forge.closeRevert },
    ] as (typeof clients.forge.openRevert)[])
      for (const call of [run, findEffect])
        await expect(call(close, createWriteCall())).rejects.toMatchObject({ code: 'NOT_CONFIGURED' })
    expect(github.asked).toEqual([])
  })
})

describe('GitHub is asked for its own repositories only', () => {
  it.each([
    [{}, 'github.com', true],
    [{}, 'www.github.com', true],
    [{}, 'ssh.github.com', true],
    [{}, 'api.github.com', false],
    [{}, 'github.com.example.net', false],
    [{ url: 'https://api.corp.ghe.com' }, 'corp.ghe.com', true],
    [{ url: 'https://api.corp.ghe.com' }, 'github.com', false],
    [{ url: 'https://GitHub.corp/api/v3/' }, 'github.corp', true],
    [{ url: 'https://github.corp/api/v3' }, 'github.com', false],
    [{ url: 'https://github.corp/api/v3' }, 'github.corp:8443', false],
    [{ url: 'https://github.corp/api/v3', gitHosts: ['git.corp'] }, 'git.corp', true],
    [{ url: 'https://proxy.corp', gitHosts: ['github.com'] }, 'github.com', true],
  ])('%o and %s: %o', async (settings, host, isServed) => {
    const expected = isServed ? 'BAD_REPOSITORY' : 'NOT_CONFIGURED'
    // A path that GitHub cannot have is refused before a request, but only by a forge that serves the host.
    await expect(listCommits(`${host}/a/b/c`, { github: { ...settings, token: 't' } })).rejects.toMatchObject(
      { code: expected },
    )
  })

  it('under owner and name', async () => {
    const host = `127.0.0.1:${github.port}`
    await listCommits(`${host}/shop/deploy`, { github: { url: github.url, token: 't' } })
    expect(github.asked.map(({ path }) => path.split('?')[0])).toEqual(['/repos/shop/deploy/commits'])
  })
})
