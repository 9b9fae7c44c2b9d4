import type { FastifyInstance } from 'fastify'
import type { Metrics } from './metrics.ts'

/** Milliseconds since the request began. */
type Moments = { bodyBegan: number; bodyEnded?: number; answered?: number }

/**
 * Counts the requests of a service except probes, and observes the seconds that each took here. The time in which a client sends its body or
 * reads the answer is left out: it depends on the client's line, and must not look like a slow service.
 */
export function observeRequests(app: FastifyInstance, metrics: Metrics): void {
  const all = new WeakMap<object, Moments>()

  app.addHook('preParsing', (request, reply, payload, done) => {
    const moments: Moments = { bodyBegan: reply.elapsedTime }
    all.set(request, moments)
    payload.once('end', () => {
      moments.bodyEnded ??= reply.elapsedTime
    })
    done(null, payload)
  })
  app.addHook('preValidation', (request, _reply, done) => {
    const moments = all.get(request)
    // No body was read.
    if (moments) moments.bodyEnded ??= moments.bodyBegan
    done()
  })
  app.addHook('onSend', (request, reply, payload, done) => {
    const moments = all.get(request)
    if (moments) moments.answered = reply.elapsedTime
    done(null, payload)
  })
  app.addHook('onResponse', (request, reply, done) => {
    const labels = {
      method: request.method,
      route: request.routeOptions.url ?? 'none',
      status: String(reply.statusCode),
    }
    if (!isProbe(labels.route)) {
      metrics.requests.inc(labels)
      metrics.requestSeconds.observe(labels, ownMs(all.get(request), reply.elapsedTime) / 1000)
    }
    done()
  })
}

function ownMs(moments: Moments | undefined, elapsedMs: number): number {
  if (moments === undefined) return elapsedMs
  // A body that never ended, because it was too large or the client too slow, was being received until the answer.
  const { bodyBegan, answered = elapsedMs, bodyEnded = answered } = moments
  return answered - (bodyEnded - bodyBegan)
}

function isProbe(route: string): boolean {
  return route === '/livez' || route === '/readyz'
}
