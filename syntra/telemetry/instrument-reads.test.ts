import { createMetrics } from '@goalixa/chassis/metrics'
import { createClients } from '@goalixa/tools/create-clients'
import type { Question } from '@goalixa/tools/evidence'
import { createRecorder } from '@goalixa/tools/recorder'
import { createMemoryEvidenceStore } from '@goalixa/tools/testing/memory-evidence-store'
import { expect, test } from 'vitest'
import { instrumentReads } from './instrument-reads.ts'
import { createSyntraMetrics } from './metrics.ts'

test('a system that is not configured does not count as one that fails, which would alert somebody', async () => {
  const metrics = createMetrics()
  const clients = createClients({ prometheus: { url: 'http://127.0.0.1:1' } })
  const store = createMemoryEvidenceStore()
  const recorder = instrumentReads(createRecorder({ clients, store }), createSyntraMetrics(metrics))
  const context = { investigationId: 'i', signal: new AbortController().signal }
  for (const tool of ['prometheus_list_targets', 'delivery_list_apps'])
    await recorder.read({ id: tool, tool, args: {}, why: 'to see' } satisfies Question, context)
  const text = await metrics.registry.metrics()
  expect(text).toContain('syntra_tool_calls_total{tool="prometheus_list_targets",outcome="unread"} 1')
  expect(text).toContain('syntra_tool_calls_total{tool="delivery_list_apps",outcome="not-configured"} 1')
})
