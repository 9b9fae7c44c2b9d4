import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type BodyInRoom, createBodyRoom } from './create-body-room.ts'
import { ExpectedError } from './errors.ts'
import { hasEnded } from './has-ended.ts'
import { receiveBody } from './receive-body.ts'

/** The app sends 256 KiB of ops at once, with a few hundred bytes around them. */
const SMALL_BYTES = 327_680

type Terms = {
  /** Whose body it is. */
  owner?: string
  /** The body has to be here within eight seconds, because the client waits for something in the answer. */
  isUrgent?: boolean
}

type Options = {
  /** What the bodies of all unanswered requests may have together. */
  maxBytes: number
  /** If given, bodies of at most 320 KiB have this much room of their own, so that larger ones never keep them out. */
  maxSmallBytes?: number
  /** Called once the hooks `onRequest` have run, before the body is read. Undefined for a request whose body is not limited. */
  termsOf: (request: FastifyRequest) => Terms | undefined
  /** The error if there is no room; TOO_MANY_BYTES by default. */
  refuse?: () => ExpectedError
  /** The error if a body arrives too slowly; BODY_TOO_SLOW by default. */
  tooSlow?: () => ExpectedError
}

/**
 * Limits the bytes of bodies in flight, which bounds the memory of a process, for the routes that are added to `app` afterwards. What has arrived
 * counts, not what was declared, until the answer is there, read or not, and until the handler has returned even if its client goes away. Beyond the limit a
 * body is refused, before or while it arrives; one that has been arriving for more than eight seconds makes room for others, the oldest first. The
 * bodies of one `owner` may declare a quarter of the bytes together. A body that is the only one, of its owner or of all, may be larger. One that
 * arrives at less than 1 KiB per second is ended.
 */
export function limitBodies(app: FastifyInstance, options: Options): void {
  const { maxBytes, maxSmallBytes, termsOf, refuse = tooManyBytes, tooSlow = belowMinimumRate } = options
  const large = createBodyRoom(maxBytes)
  const small = maxSmallBytes === undefined ? large : createBodyRoom(maxSmallBytes)
  const visits = new WeakMap<FastifyRequest, Visit>()

  app.addHook('preParsing', (request, reply, payload, done) => {
    const declaredBytes = countBytes(request)
    const terms = declaredBytes === 0 ? undefined : termsOf(request)
    if (terms === undefined) return done(null, payload)
    const room = declaredBytes <= SMALL_BYTES ? small : large
    // Otherwise `limitConnections` has decided that the connection ends here.
    const isKept = !reply.hasHeader('connection')
    let calls = 0
    let isLate = false
    let isAnswered = false
    let isEnded = false
    const endedWith = (error: ExpectedError) => {
      isEnded = true
      return error
    }
    const inRoom: BodyInRoom = {
      owner: terms.owner,
      declaredBytes,
      arrivedBytes: 0,
      isYielding: () => isLate && !body.writableEnded,
      isOver: () => calls === 0 && (isAnswered || hasEnded(reply)),
      end: () => void body.destroy(endedWith(refuse())),
    }
    if (!room.enter(inRoom)) return done(refuse())
    const body = receiveBody(payload, {
      take(bytes) {
        if (!room.grow(inRoom, bytes)) throw endedWith(refuse())
      },
      onWindow() {
        if (terms.isUrgent) throw endedWith(bodyTooSlow('The request has not arrived within eight seconds'))
        isLate = true
      },
      tooSlow: () => endedWith(tooSlow()),
    })
    const leave = () => {
      if (!room.removeIfOver(inRoom) || !isAnswered) return
      body.destroy()
      // The request itself stays in memory until its answer is read.
      request.body = undefined
    }
    reply.raw.once('close', leave)
    // An answer that waits behind others of its connection never closes if the connection does.
    request.raw.once('close', leave)
    visits.set(request, {
      keepsConnection: () => isKept && isEnded,
      answer() {
        isAnswered = true
        leave()
      },
      async hold(run) {
        calls += 1
        room.keep(inRoom)
        try {
          return await run()
        } finally {
          calls -= 1
          leave()
        }
      },
    })
    done(null, body)
  })

  // Around every handler, so that none can forget that it works on a body whose client has gone.
  app.addHook('onRoute', route => {
    const { handler } = route
    route.handler = function (request, reply) {
      const run = () => handler.call(this, request, reply)
      const visit = visits.get(request)
      return visit === undefined ? run() : visit.hold(run)
    }
  })

  // Fastify closes the connection of a body that it could not read. A client that is cut off while it sends may not read the answer.
  app.addHook('onError', async (request, reply) => {
    if (visits.get(request)?.keepsConnection()) reply.removeHeader('connection')
  })

  app.addHook('onSend', async request => visits.get(request)?.answer())
}

type Visit = {
  /** Whether the body has been ended here, and the connection may carry another request. */
  keepsConnection: () => boolean
  /** Called when the answer is complete, whoever reads it. */
  answer: () => void
  /** Runs what works on the body. */
  hold: (run: () => unknown) => Promise<unknown>
}

function countBytes({ headers, routeOptions }: FastifyRequest): number {
  const limit = routeOptions.bodyLimit
  if (headers['transfer-encoding'] !== undefined) return limit
  return Math.min(Number(headers['content-length'] ?? 0), limit)
}

function tooManyBytes() {
  return new ExpectedError(
    'too-many',
    'TOO_MANY_BYTES',
    'Too much is being uploaded at the moment. Wait a moment, then try again.',
    { retryAfterSeconds: 1 },
  )
}

function belowMinimumRate() {
  return bodyTooSlow('The request arrives too slowly; expected at least 1 KiB per second')
}

function bodyTooSlow(problem: string) {
  return new ExpectedError('too-slow', 'BODY_TOO_SLOW', `${problem}. Send it again.`)
}
