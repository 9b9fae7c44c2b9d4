import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAnsweringServer, type ReceivedRequest } from '../testing/answering-server.ts'
import { readSystem, SYSTEMS } from '../testing/system-reads.ts'
import type { Connection } from './connection.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sign-in-'))
})
afterAll(() => rm(folder, { recursive: true }))

const opened: { close: () => Promise<void> }[] = []
afterAll(() => Promise.all(opened.map(thing => thing.close())))
const open = <T extends { close: () => Promise<void> }>(thing: T) => {
  opened.push(thing)
  return thing
}

describe.each(SYSTEMS)('$system', ({ system, ...sample }) => {
  const read = (connection: Connection) => readSystem({ system, ...sample }, connection)
  const serve = async (given: (asked: ReceivedRequest) => object = () => ({ body: sample.answer })) =>
    open(await createAnsweringServer(given))

  it('says that a login page came in place of an answer, with a status of 200', async () => {
    const page =
      '<!doctype html><html><head><title>Sign in to Corp</title></head><body><form><input type="password"></form></body></html>'
    const server = await serve(() => ({
      body: page,
      headers: { 'content-type': 'text/html; charset=utf-8' },
    }))
    await expect(read({ url: server.url })).rejects.toMatchObject({
      kind: 'unauthenticated',
      code: 'UPSTREAM_LOGIN_PAGE',
      message: expect.stringContaining(
        `${system} sent the login page “Sign in to Corp” in place of an answer: single sign-on protects the address. Set `,
      ),
    })
    expect(server.asked).toHaveLength(1)
  })

  it('says that a redirect leads to a login page, and does not take its credentials there', async () => {
    const sso = await serve()
    const location = `${sso.url.replace('127.0.0.1', 'localhost')}/oauth2/start?rd=secret-state`
    const server = await serve(() => ({ status: 302, headers: { location }, body: '' }))
    const failure = await read({ url: server.url, token: 'token-1234' }).catch(
      (error: Error) => error.message,
    )
    expect(failure).toContain(
      `${system} sent a redirect to the login page http://localhost:${sso.port}/oauth2/start in`,
    )
    expect(failure).not.toContain('secret-state')
    expect(sso.asked).toEqual([])
  })

  it('names the address to which it moved', async () => {
    const server = await serve(({ path: asked }) => ({
      status: 308,
      headers: { location: `https://127.0.0.1:1${asked}` },
      body: '',
    }))
    await expect(read({ url: server.url })).rejects.toThrow(
      new RegExp(
        `^${system} answered 308: it redirects to https://127\\.0\\.0\\.1:1/.*\\. Set .* to the address that it has now\\.$`,
      ),
    )
  })
})

it('says that the path prefix is wrong where something else than the API answers 404', async () => {
  const server = open(await createAnsweringServer(() => ({ status: 404, body: '404 page not found\n' })))
  const prometheus = SYSTEMS.find(({ system }) => system === 'Prometheus')
  if (prometheus === undefined) throw new Error('no Prometheus')
  await expect(readSystem(prometheus, { url: server.url })).rejects.toThrow(
    'Prometheus answered 404: 404 page not found. Check the path prefix in PROMETHEUS_URL.',
  )
})

// Kubernetes has its credentials in the kubeconfig.
describe.each(SYSTEMS.filter(({ system }) => system !== 'Kubernetes'))('$system', given => {
  const read = (connection: Connection) => readSystem(given, connection)
  const serve = async () => open(await createAnsweringServer(() => ({ body: given.answer })))

  it.each([
    [
      'a user and password in its address',
      { pair: 'syn%40tra:p%3Aw' },
      { authorization: `Basic ${btoa('syn@tra:p:w')}` },
    ],
    ['a token', { token: 'abc' }, { authorization: 'Bearer abc' }],
    ['headers', { headers: { 'x-scope-orgid': 'shop|core' } }, { 'x-scope-orgid': 'shop|core' }],
  ])(
    'gets %s with each request',
    async (_what, { pair, ...connection }: Partial<Connection> & { pair?: string }, expected) => {
      const server = await serve()
      const url = pair === undefined ? server.url : server.url.replace('://', `://${pair}@`)
      await read({ ...connection, url })
      expect(server.asked[0]?.headers).toMatchObject(expected)
    },
  )

  it('gets the token that its file contains at the time, and the reason if there is none', async () => {
    const server = await serve()
    const tokenFile = join(folder, `token-${given.tool}`)
    const connection = { url: server.url, tokenFile }
    await expect(read(connection)).rejects.toThrow(`cannot be read: ENOENT ${tokenFile}. Mount the file`)
    for (const token of ['first', 'second']) {
      await writeFile(tokenFile, `${token}\n`)
      await read(connection)
    }
    expect(server.asked.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer first',
      'Bearer second',
    ])
  })
})
