import { AsyncLocalStorage } from 'node:async_hooks'
import { randomBytes } from 'node:crypto'

/** One hop of a distributed trace (W3C Trace Context level 1). */
export type Trace = { traceId: string; spanId: string; flags: string }

const storage = new AsyncLocalStorage<Trace>()

/** Runs `work` in the trace of a `traceparent` header, or in a new one if the header is absent or malformed. */
export function withTrace<T>(traceparent: string | undefined, work: () => T): T {
  return storage.run(continueTrace(traceparent), work)
}

/** Returns the trace of the running request or job. */
export function currentTrace(): Trace | undefined {
  return storage.getStore()
}

/** Returns the headers that carry the running trace to the next service; empty outside a trace. */
export function traceHeaders(): Record<string, string> {
  const trace = storage.getStore()
  return trace ? { traceparent: `00-${trace.traceId}-${trace.spanId}-${trace.flags}` } : {}
}

/** Parses a `traceparent` header and starts a new span in it. Source: https://www.w3.org/TR/trace-context/ section 3.2. */
export function continueTrace(traceparent: string | undefined): Trace {
  const match = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceparent ?? '')
  const spanId = randomBytes(8).toString('hex')
  const [, traceId, parentId, flags] = match ?? []
  const isValid = traceId !== undefined && !/^0+$/.test(traceId) && !/^0+$/.test(parentId ?? '0')
  return isValid
    ? { traceId, spanId, flags: flags ?? '01' }
    : { traceId: randomBytes(16).toString('hex'), spanId, flags: '01' }
}
