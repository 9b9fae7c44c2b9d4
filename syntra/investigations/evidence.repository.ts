import { digestOf } from '@goalixa/chassis/canonical-json'
import type { Pool } from '@goalixa/chassis/postgres'
import type { Evidence, Question } from '@goalixa/tools/evidence'
import { LIMITS } from '@goalixa/tools/limits'
import { inFencedTransaction } from '../storage/fence.ts'
import { writeJsonb } from '../storage/write-jsonb.ts'

export type PlannedQuestion = { id: string; round: number; question: Question; answer: Evidence | null }
/** A question with its answer, without the result, which may be large. */
export type EvidenceHead = Omit<PlannedQuestion, 'answer'> & {
  answer: Omit<Evidence, 'question' | 'result'> | null
}

/**
 * Questions and their answers, at most `maxReads` of an investigation, whose answers together have at most `maxBytes`. A question is
 * numbered once, an answer is written once.
 */
export function createEvidenceRepository(
  pool: Pool,
  maxReads: number,
  maxBytes: number = LIMITS.investigationBytes,
) {
  return {
    /** Numbers the new questions in this order and resolves with the ids of all that have no answer yet. */
    plan(investigationId: string, round: number, questions: Question[]): Promise<string[]> {
      return inFencedTransaction(pool, async client => {
        await client.query('SELECT FROM investigations WHERE id = $1 FOR UPDATE', [investigationId])
        await client.query(
          `INSERT INTO evidence (investigation_id, question_id, number, round, question)
           SELECT $1, fresh.question->>'id', taken + row_number() OVER (ORDER BY fresh.place), $2, fresh.question
           FROM (SELECT DISTINCT ON (question->>'id') question, place
                 FROM jsonb_array_elements($3::jsonb) WITH ORDINALITY AS given(question, place)
                 ORDER BY question->>'id', place) fresh,
                (SELECT coalesce(max(number), 0) AS taken FROM evidence WHERE investigation_id = $1) known
           WHERE NOT EXISTS (SELECT FROM evidence e
                             WHERE e.investigation_id = $1 AND e.question_id = fresh.question->>'id')
           ORDER BY fresh.place LIMIT greatest(0, $4 - (SELECT count(*) FROM evidence WHERE investigation_id = $1))`,
          [investigationId, round, writeJsonb(questions), maxReads],
        )
        const { rows } = await client.query<{ question_id: string }>(
          `SELECT question_id FROM evidence
           WHERE investigation_id = $1 AND question_id = ANY($2) AND answer IS NULL ORDER BY number`,
          [investigationId, questions.map(({ id }) => id)],
        )
        return rows.map(row => row.question_id)
      })
    },
    async question(investigationId: string, questionId: string): Promise<Question> {
      const { rows } = await pool.query<{ question: Question }>(
        'SELECT question FROM evidence WHERE investigation_id = $1 AND question_id = $2',
        [investigationId, questionId],
      )
      if (!rows[0]) throw new Error(`Question ${questionId} was never planned.`)
      return rows[0].question
    },
    /** The answer, if there is one. */
    async find(investigationId: string, questionId: string): Promise<Evidence | undefined> {
      const { rows } = await pool.query<{ answer: Evidence | null }>(
        `SELECT ${ANSWER} FROM evidence WHERE investigation_id = $1 AND question_id = $2`,
        [investigationId, questionId],
      )
      return rows[0]?.answer ?? undefined
    },
    /** One question by its number, with its answer. */
    async numbered(investigationId: string, number: number): Promise<PlannedQuestion | undefined> {
      const { rows } = await pool.query(
        `SELECT ${COLUMNS} FROM evidence WHERE investigation_id = $1 AND number = $2`,
        [investigationId, number],
      )
      return rows[0]
    },
    /** The questions after a number, in order, without results. */
    async heads(investigationId: string, page: { after: number; limit: number }): Promise<EvidenceHead[]> {
      const { rows } = await pool.query(
        `SELECT 'E' || number AS id, round, question, head AS answer FROM evidence
         WHERE investigation_id = $1 AND number > $2 ORDER BY number LIMIT $3`,
        [investigationId, page.after, page.limit],
      )
      return rows
    },
    /** The answers with their results, of the rounds up to `lastRound` or of all, in the order in which their questions were planned. */
    async answers(investigationId: string, lastRound: number | null = null): Promise<Evidence[]> {
      const { rows } = await pool.query<{ answer: Evidence }>(
        `SELECT ${ANSWER} FROM evidence
         WHERE investigation_id = $1 AND answer IS NOT NULL AND ($2::int IS NULL OR round <= $2) ORDER BY number`,
        [investigationId, lastRound],
      )
      return rows.map(({ answer }) => answer)
    },
    /**
     * Keeps the first answer, under the number that the question was planned with, and resolves with it. Where the investigation has
     * no room for the result, the answer says so instead.
     */
    async save(investigationId: string, evidence: Omit<Evidence, 'id'>): Promise<Evidence> {
      const whole = writeJsonb(evidence)
      const bytes = Buffer.byteLength(whole)
      // One statement: of concurrent answers of the investigation each sees how much room the others have left.
      const { rows } = await inFencedTransaction(pool, client =>
        client.query<{ answer: Evidence }>(
          `WITH room AS (
           UPDATE investigations SET evidence_bytes = evidence_bytes + $4
           WHERE id = $1 AND evidence_bytes + $4 <= $5
             AND EXISTS (SELECT FROM evidence WHERE investigation_id = $1 AND question_id = $2 AND answer IS NULL)
           RETURNING id)
         UPDATE evidence SET answered_at = coalesce(answered_at, now()),
           answer = coalesce(answer, CASE WHEN EXISTS (SELECT FROM room) THEN $3::jsonb ELSE $6::jsonb END
                                       || jsonb_build_object('id', 'E' || number))
         WHERE investigation_id = $1 AND question_id = $2 RETURNING answer`,
          [
            investigationId,
            evidence.question.id,
            whole,
            bytes,
            maxBytes,
            writeJsonb(withoutResult(evidence, bytes, maxBytes)),
          ],
        ),
      )
      if (!rows[0]) throw new Error(`Question ${evidence.question.id} was never planned.`)
      return rows[0].answer
    },
  }
}
export type EvidenceRepository = ReturnType<typeof createEvidenceRepository>

function withoutResult(
  evidence: Omit<Evidence, 'id'>,
  bytes: number,
  maxBytes: number,
): Omit<Evidence, 'id'> {
  // What could not be read is small, and says why.
  if (evidence.outcome === 'unread') return evidence
  const message = `The result of ${bytes} bytes was left out, because the evidence of one investigation is limited to ${maxBytes} bytes.`
  return {
    ...evidence,
    outcome: 'unread',
    result: null,
    digest: digestOf(null),
    cut: [{ path: '', unit: 'bytes', kept: 0, total: bytes }],
    reason: { code: 'EVIDENCE_FULL', message },
  }
}

// The question inside an answer is as it was asked then; the column has the current names.
const ANSWER = `answer || jsonb_build_object('question', question) AS answer`
const COLUMNS = `'E' || number AS id, round, question, ${ANSWER}`
