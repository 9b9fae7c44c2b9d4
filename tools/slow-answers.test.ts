import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createClients } from './create-clients.ts'
import { LIMITS } from './limits.ts'
import { createRecorder } from './recorder.ts'
import { HOSTILE_READS } from './testing/hostile-reads.ts'
import { createMemoryEvidenceStore } from './testing/memory-evidence-store.ts'
import { json, startHostileServer } from './testing/start-hostile-server.ts'

type Server = Awaited<ReturnType<typeof startHostileServer>>
let servers: Server[] = []
beforeEach(async () => {
  servers = await Promise.all([startHostileServer(), startHostileServer(), startHostileServer()])
})
afterEach(() => Promise.all(servers.map(server => server.stop())))

const large = (count: number) =>
  JSON.stringify(
    Array.from({ length: count }, (_, n) => ({
      fingerprint: `${n}`,
      labels: { text: 'x '.repeat(500) },
      status: { state: 'active' },
      startsAt: 'now',
    })),
  )

/** Becomes large, and then sends this much every 50 ms, or nothing more. */
function becomeSlow(server: Server, rest = ' ') {
  server.set((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.write(' '.repeat(LIMITS.largeBytes + 1))
    const timer = setInterval(() => rest !== '' && response.write(rest), 50)
    response.on('close', () => clearInterval(timer))
  })
}

function createReader(healthy: Server, slow: Server, other: Server, deadlineMs: number) {
  const timeoutMs = deadlineMs
  const clients = createClients({
    alertmanager: { url: healthy.url, timeoutMs },
    prometheus: { url: slow.url, timeoutMs },
    argocd: { url: other.url, token: 't', timeoutMs },
  })
  const recorder = createRecorder({ clients, store: createMemoryEvidenceStore(), limits: { deadlineMs } })
  const signal = new AbortController().signal
  return (tool: keyof typeof HOSTILE_READS, id: string = tool) =>
    recorder.read(
      { id, tool, args: HOSTILE_READS[tool] ?? {}, why: 'a test' },
      { investigationId: 'i', signal },
    )
}

describe('systems that send a megabyte and then', () => {
  it.each([
    ['a byte now and then', ' '],
    ['nothing', ''],
  ])(
    '%s do not delay the large responses of another beyond its deadline',
    async (_what, rest) => {
      const [healthy, slow, other] = servers as [Server, Server, Server]
      healthy.set(json(large(2_000)))
      becomeSlow(slow, rest)
      becomeSlow(other, rest)
      const readSlowly = createReader(healthy, slow, other, 120_000)
      const isLarge = async () => {
        await expect.poll(slow.openConnections, { timeout: 20_000 }).toBeGreaterThan(0)
        await expect.poll(other.openConnections, { timeout: 20_000 }).toBeGreaterThan(0)
      }
      const slowReads = [1, 2, 3, 4].flatMap(n => [
        readSlowly('prometheus_list_targets', `prometheus-${n}`),
        readSlowly('delivery_get_app', `argocd-${n}`),
      ])
      await isLarge()
      const read = createReader(healthy, slow, other, 30_000)
      const answers = await Promise.all([1, 2, 3].map(n => read('alertmanager_list_alerts', `${n}`)))
      expect(answers.map(({ outcome, reason }) => reason ?? outcome)).toEqual(['read', 'read', 'read'])
      await Promise.all(servers.map(server => server.stop()))
      const reasons = (await Promise.all(slowReads)).map(({ reason }) => reason?.code)
      expect(reasons).toContain('RESPONSE_TOO_SLOW')
    },
    150_000,
  )

  it('a byte now and then are read to the end while nobody waits', async () => {
    const [, slow] = servers as [Server, Server, Server]
    slow.set((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.write(' '.repeat(LIMITS.largeBytes + 1))
      setTimeout(() => response.end('{"status":"success","data":{"activeTargets":[]}}'), 4_000)
    })
    const read = createReader(slow, slow, slow, 60_000)
    expect(await read('prometheus_list_targets')).toMatchObject({ outcome: 'read' })
  }, 90_000)
})
