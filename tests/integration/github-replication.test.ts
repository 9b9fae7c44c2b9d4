import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { findTool } from '@goalixa/tools/catalog'
import { createClients } from '@goalixa/tools/create-clients'
import { createWriteCall } from '@goalixa/tools/testing/create-write-call'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { GIT_HOST, startTestGithub, type TestGithub } from './start-github.ts'

const openRevert = findTool('forge_open_revert')
const mergeRevert = findTool('forge_merge_revert')
const call = createWriteCall()
const GOOD = ['image: core:1.4.0', 'a', 'b', 'replicas: 3']
let github: TestGithub
let proxy: Awaited<ReturnType<typeof startLaggingProxy>>

beforeAll(async () => {
  github = await startTestGithub()
})
afterAll(() => github.stop())
afterEach(() => proxy.stop())

/** GitHub through a proxy that answers `refusal` to the first requests of each path for which it is `lagging`. */
async function startLaggingProxy(
  times: number,
  lagging: RegExp,
  refusal: { status: number; message: string },
) {
  const asked = new Map<string, number>()
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    const key = `${request.method} ${request.url}`
    const count = (asked.get(key) ?? 0) + 1
    asked.set(key, count)
    if (lagging.test(key) && count <= times) {
      response.writeHead(refusal.status, { 'content-type': 'application/json' })
      return response.end(JSON.stringify({ message: refusal.message }))
    }
    const answer = await fetch(github.url + request.url, {
      method: request.method ?? 'GET',
      headers: {
        authorization: request.headers.authorization ?? '',
        'content-type': 'application/json',
      },
      ...(body.length > 0 ? { body } : {}),
    })
    const headers = { 'content-type': answer.headers.get('content-type') ?? 'application/json' }
    response.writeHead(answer.status, headers).end(Buffer.from(await answer.arrayBuffer()))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    clients: createClients({ github: { url, token: 'secret', gitHosts: [GIT_HOST] } }),
    asked,
    async stop() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

async function badRelease() {
  const { repo, write } = await github.repository()
  await write(GOOD, 'core 1.4.0')
  const sha = await write(GOOD.with(0, 'image: core:1.5.0'), 'core 1.5.0')
  return { repo, branch: 'main', sha, actionId: 'act-1' }
}

const NOT_FOUND = { status: 404, message: 'Not Found' }

it.each([
  ['branch', /^POST .*\/merges$/, NOT_FOUND],
  ['commit', /^GET .*\/git\/commits\//, NOT_FOUND],
  ['commit, so that it refuses a branch', /^POST .*\/git\/refs$/, { status: 422, message: 'No such object' }],
])(
  'a revert is opened and merged although GitHub does not find its own new %s at first',
  async (_what, lagging, refusal) => {
    const input = await badRelease()
    proxy = await startLaggingProxy(2, lagging, refusal)
    const opened = await openRevert.run(input, proxy.clients, call)
    const merged = await mergeRevert.run(input, proxy.clients, call)
    expect(merged.number).toBe(opened.number)
  },
)

it('a merge that GitHub never finds is no conflict, and is given up after a while', async () => {
  const input = await badRelease()
  proxy = await startLaggingProxy(Number.POSITIVE_INFINITY, /^POST .*\/merges$/, NOT_FOUND)
  await expect(openRevert.run(input, proxy.clients, call)).rejects.toMatchObject({
    kind: 'unavailable',
    code: 'NOT_REPLICATED',
  })
  expect([...proxy.asked].find(([key]) => key.includes('/merges'))?.[1]).toBe(12)
})
