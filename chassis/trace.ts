import { AsyncLocalStorage } from 'node:async_hooks'
import { randomBytes } from 'node:crypto'

/** One hop of a distributed trace, as in W3C Trace Context level 1. */
export type Trace = { traceId: string; spanId: string; flags: string }

const storage = new AsyncLocalStorage<Trace>()

/** Runs `work` inside the trace named by a `traceparent` header, or a new one if there is none or it is malformed. */
export function withTrace<T>(traceparent: string | undefined, work: () => T): T {
  return storage.run(continueTrace(traceparent), work)
}

/** The trace of the running request or job. */
export function currentTrace(): Trace | undefined {
  return storage.getStore()
}

/** The headers that carry the running trace to the next service. Empty outside of a trace. */
export function traceHeaders(): Record<string, string> {
  const trace = storage.getStore()
  return trace ? { traceparent: `00-${trace.traceId}-${trace.spanId}-${trace.flags}` } : {}
}

/** Parses a `traceparent` and opens a new span in it. Source: https://www.w3.org/TR/trace-context/ section 3.2. */
export function continueTrace(traceparent: string | undefined): Trace {
  const match = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceparent ?? '')
  const spanId = randomBytes(8).toString('hex')
  const [, traceId, parentId, flags] = match ?? []
  const isValid = traceId !== undefined && !/^0+$/.test(traceId) && !/^0+$/.test(parentId ?? '0')
  return isValid
    ? { traceId, spanId, flags: flags ?? '01' }
    : { traceId: randomBytes(16).toString('hex'), spanId, flags: '01' }
}
