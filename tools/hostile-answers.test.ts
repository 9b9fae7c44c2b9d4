import { chooseRows } from '@goalixa/chassis/testing/choose-rows'
import limitParallel from 'p-limit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readTools } from './catalog.ts'
import { createClients } from './create-clients.ts'
import type { Evidence } from './evidence.ts'
import { LIMITS } from './limits.ts'
import { createRecorder } from './recorder.ts'
import { createAnsweringServer } from './testing/answering-server.ts'
import { HOSTILE_READS } from './testing/hostile-reads.ts'
import { kubeconfigFor } from './testing/kubeconfig-for.ts'
import { createMemoryEvidenceStore } from './testing/memory-evidence-store.ts'
import { HOSTILE_ANSWERS, type HostileAnswer, startHostileServer } from './testing/start-hostile-server.ts'

const CLEAR = ['RESPONSE_TOO_LARGE', 'UPSTREAM_GARBLED']
// Why each may be unread. One of which a part can be read is evidence that says what was cut.
const EXPECTED: Record<HostileAnswer, string[]> = {
  huge: ['RESPONSE_TOO_LARGE'],
  endless: ['RESPONSE_TOO_LARGE'],
  'endless spaces': ['RESPONSE_TOO_LARGE'],
  'endless error': ['UPSTREAM_UNAVAILABLE'],
  deep: CLEAR,
  'deep and open': CLEAR,
  wide: CLEAR,
  'many values': CLEAR,
  'one long text': CLEAR,
  'one giant object': [...CLEAR, 'DEADLINE'],
  'long texts': CLEAR,
  'control characters': CLEAR,
  'pages without end': [...CLEAR, 'DEADLINE'],
  'broken gzip': [...CLEAR, 'UPSTREAM_UNREACHABLE'],
  'one long number': CLEAR,
  drip: ['DEADLINE', 'UPSTREAM_TIMEOUT'],
  silence: ['DEADLINE', 'UPSTREAM_TIMEOUT'],
  garbage: CLEAR,
  html: CLEAR,
  'JSON that is called HTML': CLEAR,
  'wrong types': CLEAR,
  'gzip bomb': CLEAR,
  reset: ['UPSTREAM_UNREACHABLE'],
  'redirect to itself': ['UPSTREAM_UNREACHABLE', 'UPSTREAM_REFUSED'],
  'endless headers': ['UPSTREAM_UNREACHABLE'],
}

// Megabytes of these arrive, or are refused only after megabytes, which the client of each upstream does: for a read of each, one that
// lists, and the log, which is no JSON.
const LARGE: HostileAnswer[] = [
  'huge',
  'endless',
  'endless spaces',
  'endless error',
  'deep',
  'deep and open',
  'wide',
  'many values',
  'one long text',
  'one giant object',
  'long texts',
  'control characters',
  'pages without end',
  'one long number',
  'gzip bomb',
]
const READS = Object.entries(HOSTILE_READS).filter(([, args]) => args !== null)
const LARGE_READS = chooseRows(
  READS.map(([tool]) => tool),
  [
    'kubernetes_list_objects',
    'kubernetes_get_object',
    'kubernetes_read_logs',
    'prometheus_query_range',
    'alertmanager_list_alerts',
    'delivery_get_app',
    'forge_compare_commits',
  ],
)

it('covers every read tool', () => {
  expect(Object.keys(HOSTILE_READS).toSorted()).toEqual(readTools.map(tool => tool.name).toSorted())
})

describe.each(Object.keys(HOSTILE_ANSWERS) as HostileAnswer[])('the answer "%s"', name => {
  let hostile: Awaited<ReturnType<typeof startHostileServer>>
  let good: Awaited<ReturnType<typeof createAnsweringServer>>
  beforeAll(async () => {
    hostile = await startHostileServer()
    hostile.set(HOSTILE_ANSWERS[name])
    good = await createAnsweringServer(() => ({
      body: [{ fingerprint: 'f', labels: {}, status: { state: 'active' }, startsAt: 'now' }],
    }))
  })
  afterAll(async () => {
    await hostile.stop()
    await good.close()
  })
  const isSlow = name === 'drip' || name === 'silence'
  const hasNoEnd = isSlow || name.startsWith('endless')
  const limits = { deadlineMs: isSlow ? 1_000 : 30_000 }

  it('ends every read in a clear answer, while another read is not affected', async () => {
    const { url } = hostile
    const timeoutMs = limits.deadlineMs
    const parallel = limitParallel(isSlow ? 30 : 8)
    const clients = createClients({
      kubernetes: { kubeconfig: kubeconfigFor(url), timeoutMs },
      prometheus: { url, timeoutMs },
      alertmanager: { url, timeoutMs },
      argocd: { url, token: 't', timeoutMs },
      github: { url, token: 't', timeoutMs, gitHosts: ['github.test'] },
    })
    const recorder = createRecorder({ clients, store: createMemoryEvidenceStore(), limits })
    const normal = createRecorder({
      clients: createClients({ alertmanager: { url: good.url } }),
      store: createMemoryEvidenceStore(),
    })
    const signal = new AbortController().signal
    const ask = (from: typeof recorder, tool: string, args: object) =>
      from.read(
        { id: tool, tool, args: args as Evidence['question']['args'], why: 'a test' },
        { investigationId: 'i', signal },
      )

    const asked = LARGE.includes(name) ? READS.filter(([tool]) => LARGE_READS.includes(tool)) : READS
    const [evidence, other] = await Promise.all([
      Promise.all(asked.map(([tool, args]) => parallel(() => ask(recorder, tool, args as object)))),
      ask(normal, 'alertmanager_list_alerts', {}),
    ])
    expect(other).toMatchObject({ outcome: 'read', reason: null, cut: [] })
    for (const { question, outcome, reason, cut } of evidence) {
      const how = `${question.tool}: ${reason?.code ?? 'read'} ${reason?.message ?? JSON.stringify(cut)}`
      if (outcome === 'unread') expect(EXPECTED[name], how).toContain(reason?.code)
      // A log is any text, and sync windows may all be absent.
      else if (cut.length === 0)
        expect(['kubernetes_read_logs', 'delivery_read_sync_windows'], how).toContain(question.tool)
    }
    // What a socket holds on its way is sent as well.
    expect(hostile.mostSentBytes()).toBeLessThan(LIMITS.answerBytes + 12_000_000)
    // Idle connections are kept for the next read; those of answers that have no end are closed.
    if (hasNoEnd) await expect.poll(hostile.openConnections, { timeout: 10_000 }).toBe(0)
  }, 120_000)
})
