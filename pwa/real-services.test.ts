import 'fake-indexeddb/auto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { chooseRows } from '@goalixa/chassis/testing/choose-rows'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApi } from './app/api.ts'
import { openStore } from './store/open-store.ts'
import { createSyncer } from './store/syncer.ts'
import { forward } from './testing/forward.ts'
import { startRealServices } from './testing/start-real-services.ts'

/** What nginx lets through if nobody says otherwise. */
const PROXY_LIMIT = 1_048_576
const PASSWORD = 'a long enough sentence'
const SCRIPTS = [
  ['Persian', 'ن'],
  ['emoji', '🌱'],
  ['control characters', '\u0001'],
] as const

let services: Awaited<ReturnType<typeof startRealServices>>
let origin: string
const proxy = createServer((request, response) => {
  if (world.isForbidding)
    return response.writeHead(403, { 'content-type': 'text/html' }).end('<h1>Forbidden</h1>')
  if (Number(request.headers['content-length'] ?? 0) > PROXY_LIMIT)
    return response.writeHead(413, { 'content-type': 'text/html', connection: 'close' }).end('<h1>413</h1>')
  forward(services.bff, request, response)
})
const world = { isForbidding: false, version: 1 }

beforeAll(async () => {
  services = await startRealServices()
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
})
afterAll(async () => {
  proxy.closeAllConnections()
  proxy.close()
  await services?.stop()
})

describe('a queue behind a proxy with the limit of nginx', () => {
  // Each is some 20 MB; the ones with the most bytes per character differ only in the size of a request.
  it.each(chooseRows(SCRIPTS, [SCRIPTS[0]]))(
    'drains 240 edits of a note of 20,000 characters in %s, and what was made later',
    async (_name, letter) => {
      const device = await openDevice()
      const note = letter.repeat(19_990)
      for (let index = 0; index < 240; index++) await device.edit(1, { note: `${note} ${index}` })
      await device.edit(2, { name: 'Made later' })
      await device.syncer.syncNow()
      expect(device.syncer.state()).toBe('idle')
      expect([device.store.outbox().length, device.store.attention().length]).toEqual([0, 0])
      const other = await openDevice(device)
      await other.syncer.syncNow()
      expect(other.value(1, 'note')).toBe(`${note} 239`)
      expect(other.value(2, 'name')).toBe('Made later')
    },
    240_000,
  )

  it('takes out what the services or the proxy can never take, each with its reason, and sends the rest', async () => {
    const device = await openDevice()
    await device.edit(1, { name: 'First' })
    await device.edit(1, { note: 'half \ud800' })
    await device.edit(1, { note: 'NUL \0' })
    await device.edit(1, { name: 'x'.repeat(501) })
    await device.edit(2, { colour: 'red' })
    await device.edit(2, { note: 'x'.repeat(2_000_000) })
    await device.edit(2, { 'not a field': 1 })
    await device.edit(2, { name: 'Last' })
    await device.syncer.syncNow()
    expect(device.syncer.state()).toBe('idle')
    expect(
      device.store
        .attention()
        .map(({ op, code }) => [op.field, code])
        .toSorted(),
    ).toEqual([
      ['colour', 'UNKNOWN_FIELD'],
      ['name', 'INVALID_VALUE'],
      ['not a field', 'MALFORMED_OP'],
      ['note', 'INVALID_VALUE'],
      ['note', 'INVALID_VALUE'],
      ['note', 'TOO_LARGE'],
    ])
    for (const { reason } of device.store.attention()) expect(reason).toMatch(/\w+ \w+/)
    expect([device.value(1, 'name'), device.value(1, 'note'), device.value(2, 'name')]).toEqual([
      'First',
      undefined,
      'Last',
    ])
    const other = await openDevice(device)
    await other.syncer.syncNow()
    expect([...other.store.rows().values()].map(({ fields }) => fields.name?.value).toSorted()).toEqual([
      'First',
      'Last',
    ])
  })

  it.each([
    ['a proxy forbids every request', { isForbidding: true }],
    ['the services do not speak the version of the app', { version: 2 }],
  ])('keeps everything if %s', async (_name, refusal) => {
    const device = await openDevice()
    for (let row = 0; row < 5; row++) await device.edit(row, { name: `Task ${row}` })
    Object.assign(world, refusal)
    await device.syncer.syncNow()
    Object.assign(world, { isForbidding: false, version: 1 })
    expect(device.syncer.state()).toBe('rejected')
    expect([device.store.outbox().length, device.store.attention().length]).toEqual([5, 0])
    await device.syncer.wake()
    expect([device.store.outbox().length, device.syncer.state()]).toEqual([0, 'idle'])
  })
})

let people = 0

async function openDevice(owner?: { email: string; ids: Map<number, string> }) {
  const email = owner?.email ?? `queue${++people}@example.com`
  const cookies = new Map<string, string>()
  const api = createApi({
    async fetch(path, init) {
      const body = String(init?.body ?? '').replace(/"schema":1}$/, `"schema":${world.version}}`)
      const headers = { ...init?.headers, cookie: [...cookies].map(pair => pair.join('=')).join('; ') }
      const response = await fetch(`${origin}${String(path)}`, { ...init, headers, ...(body && { body }) })
      for (const cookie of response.headers.getSetCookie()) {
        const [name = '', value = ''] = cookie.split(';')[0]?.split('=') ?? []
        cookies.set(name, value)
      }
      return response
    },
  })
  const signedIn = await (owner ? api.signIn(email, PASSWORD) : api.register(email, PASSWORD))
  if (signedIn.kind !== 'ok') throw new Error(`The sign-in ended with ${signedIn.kind}.`)
  const userId = uuidv7()
  const store = await openStore({
    ...{ userId, now: Date.now, steadyNow: () => performance.now() },
    ...{ newId: uuidv7, channel: new BroadcastChannel(userId) as never },
  })
  const syncer = createSyncer({
    store,
    send: (request, signal) => api.sync(signedIn.user.id, request, signal),
    exclusively: run => run(new AbortController().signal),
    random: () => 1,
    onState() {},
  })
  const ids = owner?.ids ?? new Map<number, string>()
  const idOf = (row: number) => ids.get(row) ?? ids.set(row, uuidv7()).get(row) ?? ''
  return {
    email,
    ids,
    store,
    syncer,
    edit: (row: number, fields: Record<string, string | number>) =>
      store.edit([{ entity: 'tasks', id: idOf(row), fields }]),
    value: (row: number, field: string) => store.rows().get(`tasks/${idOf(row)}`)?.fields[field]?.value,
  }
}
