import { buildView } from '@goalixa/agents/snapshot/build-snapshot'
import { startPostgres } from '@goalixa/chassis/testing/start-postgres'
import type { Evidence } from '@goalixa/tools/evidence'
import { expect, test } from 'vitest'
import { openStorage } from '../storage/open-storage.ts'
import { insertInvestigations } from '../testing/insert-investigations.ts'
import { createEvidenceRepository } from './evidence.repository.ts'

const MAX_BYTES = 10_000

test('the results of one investigation together are bounded, and what was left out is recorded as not read', async () => {
  const postgres = await startPostgres()
  const storage = await openStorage({ url: await postgres.createDatabase(), name: 'test', leaseSeconds: 10 })
  try {
    const { pool } = storage
    const [id = '', other = ''] = await insertInvestigations(pool, 2)
    const evidence = createEvidenceRepository(pool, 200, MAX_BYTES)
    const questions = Array.from({ length: 12 }, (_, index) => ({
      id: `logs/core-${index}`,
      tool: 'kubernetes_read_logs',
      args: {},
      why: 'the logs',
    }))
    await evidence.plan(id, 1, questions)
    const answerTo = (question: Evidence['question']): Omit<Evidence, 'id'> => ({
      question,
      at: new Date().toISOString(),
      tookMs: 1,
      outcome: 'read',
      result: { lines: ['x'.repeat(2_500)] },
      digest: 'd',
      cut: [],
      reason: null,
    })
    // In parallel, as reads are, and one of them twice, as after a crash.
    const saved = await Promise.all(
      [...questions, ...questions.slice(0, 1)].map(question => evidence.save(id, answerTo(question))),
    )
    expect(saved[0]).toEqual(saved.at(-1))
    const answers = await evidence.answers(id)
    const read = answers.filter(({ outcome }) => outcome === 'read')
    expect(read).toHaveLength(3)
    expect(Buffer.byteLength(JSON.stringify(read))).toBeLessThanOrEqual(MAX_BYTES)
    const left = answers.find(({ outcome }) => outcome === 'unread')
    expect(left).toMatchObject({
      result: null,
      reason: { code: 'EVIDENCE_FULL' },
      cut: [{ unit: 'bytes', kept: 0 }],
    })
    const scope = {
      alerts: [],
      namespace: 'shop',
      service: 'core',
      object: null,
      since: new Date().toISOString(),
      timeScale: 1,
    }
    // The verdict and the report list what the snapshot could not read.
    expect(buildView(scope, answers).snapshot.unread).toHaveLength(9)
    expect(buildView(scope, answers).snapshot.unread[0]?.reason).toContain('limited to 10000 bytes')

    await evidence.plan(other, 1, questions)
    const [first] = questions
    if (first) expect(await evidence.save(other, answerTo(first))).toMatchObject({ outcome: 'read' })
  } finally {
    await storage.close()
    await postgres.stop()
  }
})
