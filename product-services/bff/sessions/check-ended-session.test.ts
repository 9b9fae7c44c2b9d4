import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createHttpClient } from '@goalixa/chassis/http-client'
import { afterEach, expect, test } from 'vitest'
import { createUpstream } from '../proxy/upstream.ts'
import { createEndedSessionCheck } from './check-ended-session.ts'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

// An auth that answers what the test sets, and a clock that the test moves.
async function setUp() {
  const world = {
    state: 'active',
    status: 200,
    asked: 0,
    hangs: false,
    now: 1_000_000,
    published: undefined as 'active' | 'ended' | undefined,
  }
  const server = createServer((_request, response) => {
    world.asked += 1
    if (world.hangs) return
    response
      .writeHead(world.status, { 'content-type': 'application/json' })
      .end(JSON.stringify({ state: world.state }))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  closers.push(
    () => server.closeAllConnections(),
    () => server.close(),
  )
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const check = createEndedSessionCheck({
    auth: createUpstream({ name: 'auth', call: createHttpClient({ upstream: 'auth', baseUrl }) }),
    published: async () => world.published,
    now: () => world.now,
    count: { refused: () => {}, checked: () => {} },
  })
  return { world, hasEnded: (id = 'anna') => check.hasEnded(id, 'token'), markEnded: check.markEnded }
}

test('auth is asked only for what Redis cannot tell, once in four seconds, and an ended session is refused within five', async () => {
  const { world, hasEnded } = await setUp()
  world.published = 'active'
  for (let request = 0; request < 9; request++) expect(await hasEnded()).toBe(false)
  expect(world.asked).toBe(0)
  world.published = undefined
  for (let request = 0; request < 9; request++) expect(await hasEnded()).toBe(false)
  expect(world.asked).toBe(1)
  world.state = 'ended'
  world.now += 3_900
  expect(await hasEnded()).toBe(false)
  world.now += 1_000
  expect(await hasEnded()).toBe(true)
  // Once ended, always ended, also if Redis comes back without its data.
  world.state = 'active'
  world.published = 'active'
  world.now += 600_000
  expect([await hasEnded(), await hasEnded('ben'), world.asked]).toEqual([true, false, 2])
})

test.each([500, 401, 404])(
  'an auth that answers %i ends no session, and is left alone for a moment',
  async status => {
    const { world, hasEnded } = await setUp()
    world.status = status
    for (const id of ['anna', 'ben', 'cleo']) expect(await hasEnded(id)).toBe(false)
    expect(world.asked).toBe(status === 500 ? 1 : 3)
    world.status = 200
    world.state = 'ended'
    world.now += 1_001
    expect(await hasEnded()).toBe(true)
  },
)

test('an auth that hangs delays one session in a second, and everybody is checked again once it answers', async () => {
  const { world, hasEnded } = await setUp()
  const everybody = () => Promise.all(Array.from({ length: 25 }, (_, person) => hasEnded(`person ${person}`)))
  world.hangs = true
  expect(await hasEnded()).toBe(false)
  for (let second = 0; second < 2; second++) {
    world.asked = 0
    world.now += 1_001
    expect(await everybody()).not.toContain(true)
    expect(world.asked).toBe(1)
  }
  world.hangs = false
  world.state = 'ended'
  world.now += 1_001
  expect(await hasEnded()).toBe(true)
  expect(await everybody()).not.toContain(false)
})

test('a session that this process has ended is refused at once', async () => {
  const { world, hasEnded, markEnded } = await setUp()
  expect(await hasEnded()).toBe(false)
  markEnded('anna')
  expect([await hasEnded(), world.asked]).toEqual([true, 1])
})
