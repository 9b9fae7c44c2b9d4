import { expect, test } from 'vitest'
import { buildTestService } from './testing/build-test-service.ts'
import { currentTrace, traceHeaders, withTrace } from './trace.ts'

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736'
const PARENT = '00f067aa0ba902b7'

test('a request continues the trace of its header, in log lines and outgoing headers', async () => {
  const { app, lines } = await buildTestService({
    routes: app =>
      void app.get('/', async request => {
        request.log.info('in the handler')
        return traceHeaders()
      }),
  })
  const answer = await app.inject({ url: '/', headers: { traceparent: `00-${TRACE_ID}-${PARENT}-01` } })
  const [, traceId, spanId] = answer.json().traceparent.split('-')
  expect(traceId).toBe(TRACE_ID)
  expect(spanId).not.toBe(PARENT)
  expect(lines).toEqual([expect.objectContaining({ msg: 'in the handler', traceId, spanId })])
})

test('a trace header that is absent, malformed or all zeros starts a new trace', () => {
  const bad = [
    undefined,
    'garbage',
    `00-${'0'.repeat(32)}-${PARENT}-01`,
    `00-${TRACE_ID}-${'0'.repeat(16)}-01`,
    `ff-${TRACE_ID}-${PARENT}-01`,
  ]
  const ids = bad.map(header => withTrace(header, () => currentTrace()?.traceId))
  expect(new Set([...ids, TRACE_ID]).size).toBe(bad.length + 1)
  for (const id of ids) expect(id).toMatch(/^(?!0+$)[0-9a-f]{32}$/)
})

test('outside a trace no header is sent', () => {
  expect(traceHeaders()).toEqual({})
})
