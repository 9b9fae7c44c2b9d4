import { setTimeout as sleep } from 'node:timers/promises'
import { ExpectedError } from '@goalixa/chassis/errors'
import { describe, expect, it } from 'vitest'
import { createClients } from './create-clients.ts'
import { type Question, readCut } from './evidence.ts'
import { createRecorder } from './recorder.ts'
import { createMemoryEvidenceStore } from './testing/memory-evidence-store.ts'

const signal = new AbortController().signal
const context = { investigationId: 'i1', signal }
const logs: Question = {
  id: 'logs/core',
  tool: 'kubernetes_read_logs',
  args: { namespace: 'shop', pod: 'core-1', container: 'core' },
  why: 'what it says',
}

function recorderWith(readLog: () => Promise<string>, limits = {}) {
  const reads: unknown[] = []
  const store = createMemoryEvidenceStore()
  const clients = createClients({})
  const kubernetes = {
    ...clients.kubernetes,
    readLog: (query: unknown) => {
      reads.push(query)
      return readLog()
    },
  }
  const now = () => new Date('2026-02-24T10:00:00Z')
  return {
    recorder: createRecorder({ clients: { ...clients, kubernetes }, store, now, limits }),
    store,
    reads,
  }
}

describe('a read', () => {
  it('is recorded with its question, its time and the digest of its result', async () => {
    const { recorder, store } = recorderWith(async () => '2026-02-24T09:59:59.1Z listening')
    const evidence = await recorder.read(logs, context)
    expect(evidence).toEqual({
      id: 'E1',
      question: logs,
      at: '2026-02-24T10:00:00.000Z',
      tookMs: expect.any(Number),
      outcome: 'read',
      result: { lines: [{ at: '2026-02-24T09:59:59.1Z', text: 'listening' }] },
      digest: '2738bd7b7200519283022722c280ac9bbcbb9ecf99a151580fcc2017f5c73aad',
      cut: [],
      reason: null,
    })
    expect(store.all('i1')).toEqual([evidence])
  })

  it('is made once per question and investigation, even by two concurrent callers', async () => {
    const answers = ['first', 'second']
    const { recorder, reads, store } = recorderWith(async () => answers.shift() ?? 'third')
    const both = await Promise.all([recorder.read(logs, context), recorder.read(logs, context)])
    const again = await recorder.read(logs, context)
    expect(both[0]).toEqual(both[1])
    expect(again).toEqual(both[0])
    expect(store.all('i1')).toHaveLength(1)
    const before = reads.length
    await recorder.read(logs, { investigationId: 'i2', signal })
    expect(reads.length).toBe(before + 1)
  })

  it('redacts secrets, escapes control characters, and truncates the oldest lines', async () => {
    const text = ['old line', '\x1b[31mpassword=hunter2\x1b[0m', `new ${'x'.repeat(30)}`].join('\n')
    const { recorder } = recorderWith(async () => text, { totalChars: 140 })
    const { result, cut } = await recorder.read(logs, context)
    expect(JSON.stringify(result)).not.toContain('hunter2')
    expect(JSON.stringify(result)).not.toContain('\\u001b')
    expect(JSON.stringify(result)).not.toContain('old line')
    expect(JSON.stringify(result)).toContain('new xxx')
    expect(cut).toEqual([{ path: 'lines', unit: 'items', kept: 2, total: 3 }])
  })
})

describe('a read of a great many lines', () => {
  it('keeps the newest and says how many were left out', async () => {
    const text = Array.from({ length: 5_000 }, (_, n) => `line ${n}`).join('\n')
    const { recorder } = recorderWith(async () => text, { totalChars: 2_000 })
    const question = { ...logs, args: { ...logs.args, tailLines: 5_000 } }
    const { result, cut } = await recorder.read(question, context)
    const { lines } = result as { lines: { text: string }[] }
    expect(lines.at(-1)?.text).toBe('line 4999')
    expect(lines[0]?.text).toBe(`line ${5_000 - lines.length}`)
    const read = cut.map(entry => readCut(entry))
    expect(read[0]).toMatchObject({ path: 'lines', total: 5_000 })
    expect(read.at(-1)).toMatchObject({ path: 'lines', kept: lines.length })
  })
})

describe('a read that fails', () => {
  it.each([
    ['a write tool', { ...logs, tool: 'kubernetes_restart_workload' }, 'NOT_A_READ', 'is a write tool'],
    ['an unknown tool', { ...logs, tool: 'shell_exec' }, 'NO_SUCH_TOOL', 'shell_exec'],
    ['a wrong argument', { ...logs, args: { ...logs.args, pod: '../x' } }, 'BAD_ARGUMENTS', 'DNS-1123'],
    ['an unknown argument', { ...logs, args: { ...logs.args, force: true } }, 'BAD_ARGUMENTS', 'force'],
    [
      'a system without settings',
      { ...logs, tool: 'prometheus_query', args: { query: 'up' } },
      'NOT_CONFIGURED',
      'Prometheus is not configured: set PROMETHEUS_URL',
    ],
  ])('for %s tells why and reads nothing', async (_what, question, code, message) => {
    const { recorder, reads } = recorderWith(async () => 'never')
    const evidence = await recorder.read(question, context)
    expect(evidence).toMatchObject({ outcome: 'unread', result: null, reason: { code } })
    expect(evidence.reason?.message).toContain(message)
    expect(reads).toEqual([])
  })

  it('reports the other system’s message, without its secrets', async () => {
    const { recorder } = recorderWith(async () => {
      throw new ExpectedError('forbidden', 'UPSTREAM_FORBIDDEN', 'no, token=Zx81kqPw77\x1b[2J')
    })
    const { reason } = await recorder.read(logs, context)
    expect(reason).toEqual({ code: 'UPSTREAM_FORBIDDEN', message: 'no, token=[redacted]\\x1b[2J' })
  })

  it('ends at its deadline, even if the tool ignores the signal', async () => {
    const { recorder } = recorderWith(() => sleep(60_000, 'late', { ref: false }), { deadlineMs: 30 })
    const evidence = await recorder.read(logs, context)
    expect(evidence.reason).toEqual({ code: 'DEADLINE', message: 'No answer within 0.03 seconds.' })
  })

  it('for a bug in a tool is no reason to lose the investigation', async () => {
    const { recorder } = recorderWith(async () => {
      throw new TypeError('x is undefined')
    })
    expect(await recorder.read(logs, context)).toMatchObject({
      outcome: 'unread',
      reason: { code: 'TOOL_FAILED', message: 'x is undefined' },
    })
  })

  it('for a result that cannot be cut small enough says so', async () => {
    const { recorder } = recorderWith(async () => 'x'.repeat(300), { totalChars: 100 })
    expect((await recorder.read(logs, context)).reason?.code).toBe('RESULT_TOO_LARGE')
  })

  it('throws and stores nothing when its caller aborts', async () => {
    const gaveUp = new AbortController()
    const { recorder, store } = recorderWith(() => {
      setImmediate(() => gaveUp.abort())
      return sleep(60_000, 'late', { ref: false })
    })
    await expect(recorder.read(logs, { investigationId: 'i1', signal: gaveUp.signal })).rejects.toThrow()
    expect(store.all('i1')).toEqual([])
  })
})
