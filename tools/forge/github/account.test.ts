import { afterEach, expect, it } from 'vitest'
import { createAnsweringServer } from '../../testing/answering-server.ts'
import { isAccount, readAccount } from './account.ts'
import { createGithubClient } from './github-client.ts'

const signal = new AbortController().signal
const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const server of open.splice(0)) await server.close()
})

it('is the user of the token', async () => {
  const server = await createAnsweringServer(() => ({ body: { login: 'syntra', id: 7 } }))
  open.push(server)
  const account = await readAccount(createGithubClient({ url: server.url, token: 't' }), signal)
  expect(isAccount(account, { login: 'renamed-since', id: 7 })).toBe(true)
  expect(isAccount(account, { login: 'syntra', id: 8 })).toBe(false)
  expect(isAccount(account, null)).toBe(false)
})

it('is the bot of a GitHub App, whose token may not read its user', async () => {
  const server = await createAnsweringServer(({ path }) =>
    path === '/api/graphql'
      ? { body: { data: { viewer: { login: 'syntra[bot]' } } } }
      : { status: 403, body: { message: 'Resource not accessible by integration' } },
  )
  open.push(server)
  const account = await readAccount(createGithubClient({ url: `${server.url}/api/v3`, token: 't' }), signal)
  expect(isAccount(account, { login: 'syntra[bot]', id: 7 })).toBe(true)
  expect(isAccount(account, { login: 'syntra', id: 7 })).toBe(false)
})
