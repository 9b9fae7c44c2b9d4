import { ExpectedError } from '@goalixa/chassis/errors'
import { hasEnded } from '@goalixa/chassis/has-ended'
import type { FastifyReply } from 'fastify'

type Answer = { userId: string; reply: FastifyReply; bytes: number; isReceiving: boolean }

/** Counts bytes of an answer that have arrived. Throws TOO_MANY_ANSWERS if there is no room for them. */
type Take = (bytes: number) => void

// A page of a list or of a sync has 2 MiB of text; written as JSON, it may be six times as long.
const MAX_OWN_BYTES = 16 * 1_048_576
const MAX_BYTES = 48 * 1_048_576
// The answer of a write is never refused, because the write has been done: it is one row, of 120 KB at most. A sync is safe to repeat.
const SMALL_BYTES = 262_144

/**
 * Creates a limit of the bytes of answers that this replica holds, from their arrival until they have been read. Beyond 16 MiB, another answer of the
 * same person is refused with 429; beyond 48 MiB in all, those that wait to be read are ended, the oldest first. An answer that is the
 * only one, of its person or of all, may be larger, and one of at most 256 KiB is never refused.
 */
export function createAnswerLimit() {
  // In the order in which they were asked for.
  const answers = new Set<Answer>()

  /** Runs what receives an answer for a person. The answer takes room until it has been read. */
  return async function receive<T>(
    userId: string,
    reply: FastifyReply,
    run: (take: Take) => Promise<T>,
  ): Promise<T> {
    const answer: Answer = { userId, reply, bytes: 0, isReceiving: true }
    answers.add(answer)
    const leave = () => void (isOver(answer) && answers.delete(answer))
    reply.raw.once('close', leave)
    try {
      return await run(bytes => {
        answer.bytes += bytes
        if (answer.bytes > SMALL_BYTES) makeRoom(answer)
      })
    } catch (error) {
      answer.bytes = 0
      throw error
    } finally {
      answer.isReceiving = false
      leave()
    }
  }

  function makeRoom(answer: Answer): void {
    // Looked at, not counted up and down: an event that never comes costs nothing.
    for (const other of answers) if (isOver(other)) answers.delete(other)
    const others = [...answers].filter(other => other !== answer)
    const own = others.filter(({ userId }) => userId === answer.userId)
    const receiving = others.filter(({ isReceiving }) => isReceiving)
    if (!fits(answer, own, MAX_OWN_BYTES) || !fits(answer, receiving, MAX_BYTES)) throw tooManyAnswers()
    const waiting = others.filter(({ isReceiving }) => !isReceiving)
    while (!fits(answer, [...receiving, ...waiting], MAX_BYTES)) {
      const oldest = waiting.shift()
      if (oldest === undefined) return
      answers.delete(oldest)
      oldest.reply.request.raw.socket.resetAndDestroy()
    }
  }
}
export type AnswerLimit = ReturnType<typeof createAnswerLimit>

function isOver({ reply, isReceiving }: Answer): boolean {
  return !isReceiving && (reply.raw.writableFinished || hasEnded(reply))
}

function fits({ bytes }: Answer, others: Answer[], maxBytes: number): boolean {
  const taken = others.reduce((total, other) => total + other.bytes, 0)
  return taken === 0 || taken + bytes <= maxBytes
}

function tooManyAnswers() {
  return new ExpectedError(
    'too-many',
    'TOO_MANY_ANSWERS',
    'Earlier answers have not been read yet. Wait a moment, then try again.',
    { retryAfterSeconds: 1 },
  )
}
