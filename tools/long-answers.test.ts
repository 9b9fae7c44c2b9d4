import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createClients } from './create-clients.ts'
import { type Evidence, readCut } from './evidence.ts'
import type { Json } from './json.ts'
import { createRecorder } from './recorder.ts'
import { application } from './testing/argocd-application.ts'
import { kubeconfigFor } from './testing/kubeconfig-for.ts'
import { createMemoryEvidenceStore } from './testing/memory-evidence-store.ts'
import { json, startHostileServer, stream } from './testing/start-hostile-server.ts'

type Answer = Parameters<Awaited<ReturnType<typeof startHostileServer>>['set']>[0]

let server: Awaited<ReturnType<typeof startHostileServer>>
beforeEach(async () => {
  server = await startHostileServer()
})
afterEach(() => server.stop())

async function read(tool: string, args: Record<string, Json>, answer: Answer): Promise<Evidence> {
  server.set(answer)
  const { url } = server
  const timeoutMs = 60_000
  const clients = createClients({
    kubernetes: { kubeconfig: kubeconfigFor(url), timeoutMs },
    prometheus: { url, timeoutMs },
    argocd: { url, token: 't', timeoutMs },
    github: { url, token: 't', timeoutMs, gitHosts: ['github.test'] },
  })
  const store = createMemoryEvidenceStore()
  const recorder = createRecorder({ clients, store, limits: { deadlineMs: timeoutMs } })
  const signal = new AbortController().signal
  return recorder.read({ id: 'q', tool, args, why: 'a test' }, { investigationId: 'i', signal })
}

const pods = (count: number, more: object = {}) =>
  Array.from({ length: count }, (_, n) => ({ metadata: { name: `pod-${n}` }, ...more }))
const listPods = { namespace: 'shop', kinds: ['Pod'] }
const nested = (depth: number, open = '[', close = ']') => open.repeat(depth) + close.repeat(depth)
const namesIn = ({ result }: Evidence) =>
  (result as { objects: { metadata: { name: string } }[] }).objects.map(({ metadata }) => metadata.name)
const TOO_MANY = { outcome: 'read', result: { refused: [{ kind: 'Pod', code: 'TOO_MANY' }] } }

describe('a list of objects', () => {
  it('of a server that does not know the limit ends, and says that it is incomplete', async () => {
    const evidence = await read(
      'kubernetes_list_objects',
      listPods,
      json(JSON.stringify({ items: pods(30_000) })),
    )
    expect(evidence).toMatchObject(TOO_MANY)
    expect(namesIn(evidence).slice(0, 2)).toEqual(['pod-0', 'pod-1'])
  })

  it.each([
    ['the same page for ever', () => 'again', 2],
    ['another page for ever', (asked: number) => `page-${asked}`, 40],
  ])('of a server that promises %s ends', async (_what, token, most) => {
    let asked = 0
    const evidence = await read('kubernetes_list_objects', listPods, (request, response) => {
      asked += 1
      json(JSON.stringify({ items: pods(2), metadata: { continue: token(asked) } }))(request, response)
    })
    expect(evidence).toMatchObject(TOO_MANY)
    expect(asked).toBe(most)
  })

  it('whose page is too large is read in smaller pages', async () => {
    const limits: number[] = []
    const evidence = await read('kubernetes_list_objects', listPods, (request, response) => {
      const { searchParams } = new URL(request.url ?? '', 'http://api')
      const [limit, from] = [Number(searchParams.get('limit')), Number(searchParams.get('continue') ?? 0)]
      limits.push(limit)
      const items = pods(60, { data: { text: 'x '.repeat(100_000) } }).slice(from, from + limit)
      const metadata = from + limit < 60 ? { continue: String(from + limit) } : {}
      json(JSON.stringify({ items, metadata }))(request, response)
    })
    expect(limits).toEqual([200, 20, 20, 20])
    expect(evidence).toMatchObject({ outcome: 'read', result: { refused: [] } })
    expect(namesIn(evidence)).toContain('pod-59')
  })

  it.each([
    ['lists', nested(100_000)],
    ['objects', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
    ['lists that never end', '['.repeat(200_000)],
    ['texts in texts', [1, 2, 3, 4, 5, 6, 7].reduce(text => JSON.stringify([text]), '["password=hunter2x"]')],
  ])('keeps its other objects if one has an annotation of nested %s', async (_what, annotation) => {
    const bad = { metadata: { name: 'bad', annotations: { note: annotation } } }
    const items = [...pods(2), bad, ...pods(1, { spec: { last: true } })]
    const evidence = await read('kubernetes_list_objects', listPods, json(JSON.stringify({ items })))
    expect(evidence.outcome, JSON.stringify(evidence.reason)).toBe('read')
    expect(namesIn(evidence)).toEqual(['pod-0', 'pod-1', 'bad', 'pod-0'])
    expect(evidence.cut.map(readCut)).toContainEqual(
      expect.objectContaining({ path: 'objects.2.metadata.annotations.note' }),
    )
    expect(JSON.stringify(evidence.result)).not.toContain('hunter2x')
  })

  it('keeps its other objects if a field of one is nested too deeply', async () => {
    const text = JSON.stringify({ items: pods(3, { spec: { at: 'DEEP' } }) }).replace(
      '"DEEP"',
      nested(100_000),
    )
    const evidence = await read('kubernetes_list_objects', listPods, json(text))
    expect(namesIn(evidence)).toEqual(['pod-0', 'pod-1', 'pod-2'])
    expect(JSON.stringify(evidence.result)).toContain('[cut: nested deeper than 64]')
    expect(evidence.cut).toMatchObject([{ unit: 'levels', kept: 64, total: 100_004 }])
  })

  it('keeps its other objects if one has a hundred thousand labels', async () => {
    const labels = Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [`label-${n}`, `${n}`]))
    const wide = { metadata: { name: 'wide', labels } }
    const evidence = await read(
      'kubernetes_list_objects',
      listPods,
      json(JSON.stringify({ items: [wide, ...pods(3)] })),
    )
    expect(namesIn(evidence)).toEqual(['wide', 'pod-0', 'pod-1', 'pod-2'])
    expect(evidence.cut).toContainEqual(expect.objectContaining({ unit: 'items', total: 100_000 }))
  })

  it('lists no more truncations than a reader can use', async () => {
    const names = Array.from({ length: 3_000 }, (_, n) => `"${n}${'n'.repeat(1_500)}":1`)
    const text = `{"items":[{"metadata":{"name":"a"},"spec":{${names}}}]}`
    const { outcome, cut } = await read('kubernetes_list_objects', listPods, json(text))
    expect(outcome).toBe('read')
    expect(cut.length).toBeLessThanOrEqual(101)
  })

  it('takes strange names and numbers for what they are', async () => {
    const item = `{"metadata":{"name":"a"},"spec":{"__proto__":{"polluted":1},"huge":1e999,"half":"\\ud83d","${'n'.repeat(90_000)}":1}}`
    const { result, outcome } = await read('kubernetes_list_objects', listPods, json(`{"items":[${item}]}`))
    expect(outcome).toBe('read')
    const [{ spec } = { spec: {} }] = (result as { objects: { spec: Record<string, Json> }[] }).objects
    expect(Object.keys(spec)).toEqual(['__proto__', 'huge', 'half', `${'n'.repeat(1_000)}…`])
    expect(spec).toMatchObject({ huge: null, half: '\\ud83d' })
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
  })
})

describe('a log', () => {
  const logs = { namespace: 'shop', pod: 'core', container: 'core', tailLines: 400 }
  const linesIn = ({ result }: Evidence) =>
    (result as { lines: { text: string }[] }).lines.map(({ text }) => text)

  it.each([
    ['nested JSON', nested(100_000), '[cut: nested deeper than 64]'],
    ['JSON that never ends', '{"a":['.repeat(50_000), '{"a":['],
    ['three million characters', 'word '.repeat(600_000), 'word '],
    ['one word of three million characters', 'x'.repeat(3_000_000), 'xxx'],
  ])('keeps its other lines beside one of %s', async (_what, line, kept) => {
    const evidence = await read('kubernetes_read_logs', logs, json(['first', line, 'last'].join('\n')))
    expect(evidence.outcome, JSON.stringify(evidence.reason)).toBe('read')
    expect(linesIn(evidence)).toEqual(['first', expect.stringContaining(kept), 'last'])
    expect(evidence.cut.length).toBeGreaterThan(0)
  })

  it('that is longer than its limit is asked for again with fewer lines, so that the newest is there', async () => {
    const all = Array.from({ length: 400 }, (_, n) => `line ${n} ${'x '.repeat(10_000)}`)
    const evidence = await read('kubernetes_read_logs', logs, (request, response) => {
      const { searchParams } = new URL(request.url ?? '', 'http://api')
      const tail = all.slice(-Number(searchParams.get('tailLines'))).join('\n')
      response.end(tail.slice(0, Number(searchParams.get('limitBytes'))))
    })
    expect(linesIn(evidence).at(-1)).toMatch(/^line 399 /)
    expect(evidence.cut).toContainEqual({ path: 'lines', unit: 'items', kept: 50, total: 400 })
  })

  it('that never ends is read up to its limit', async () => {
    const evidence = await read(
      'kubernetes_read_logs',
      logs,
      stream('a line\n'.repeat(1_000), Number.POSITIVE_INFINITY),
    )
    expect(evidence.outcome).toBe('read')
    expect(evidence.cut).toContainEqual(expect.objectContaining({ path: 'lines', unit: 'bytes' }))
  })
})

describe('a long answer of another system', () => {
  const range = { query: 'up', start: '2026-02-24T10:00:00Z', end: '2026-02-24T11:00:00Z', stepSeconds: 60 }

  it('Prometheus, which does not know the limit of series', async () => {
    const series = Array.from({ length: 4_000 }, (_, n) => ({ metric: { n: `${n}` }, values: [[n, '1']] }))
    const body = { status: 'success', data: { resultType: 'matrix', result: series } }
    const evidence = await read('prometheus_query_range', range, json(JSON.stringify(body)))
    expect(evidence.outcome).toBe('read')
    expect(evidence.cut).toMatchObject([{ path: 'series', unit: 'items', kept: 1_640, total: 4_000 }])
  })

  it('Argo CD, with an application of forty thousand resources', async () => {
    const resources = Array.from({ length: 40_000 }, (_, n) => ({ kind: 'ConfigMap', name: `c${n}` }))
    const evidence = await read(
      'delivery_get_app',
      { name: 'core' },
      json(JSON.stringify(application({ status: { resources } }))),
    )
    expect(evidence.outcome).toBe('read')
    expect(evidence.cut).toContainEqual(
      expect.objectContaining({ path: 'status.resources', kept: 20_000, total: 40_000 }),
    )
  })

  it('GitHub, which does not know the size of a page and always has a next one', async () => {
    let asked = 0
    const commits = Array.from({ length: 5_000 }, (_, n) => ({
      sha: `${n}`,
      commit: { message: `commit ${n}` },
    }))
    const evidence = await read(
      'forge_list_commits',
      { repo: 'github.test/a/b', branch: 'main' },
      (request, response) => {
        asked += 1
        response.setHeader('link', `<${server.url}${request.url}>; rel="next"`)
        json(JSON.stringify(commits))(request, response)
      },
    )
    expect((evidence.result as { commits: [] }).commits).toHaveLength(50)
    expect(asked).toBe(1)
  })
})
