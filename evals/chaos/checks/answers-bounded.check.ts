import { LIMITS } from '@goalixa/tools/limits'
import { megabytes } from '../../megabytes.ts'
import type { Check } from './check.ts'

/** The limit of one answer, with what the buffers of two sockets hold beside it. */
const MAX_BYTES = LIMITS.answerBytes + 8 * 1024 * 1024
/** The recorder's limit of one read, with the question and the envelope around it. */
const MAX_CHARS = 1_100_000

export const answersBounded: Check = {
  name: 'answers-bounded',
  promise: 'a worker stops reading a response that never ends, and no evidence is larger than its limit',
  async run({ system: { requests, database } }) {
    const huge = requests.filter(({ treatment }) => treatment === 'huge')
    const { rows } = await database.query(
      `SELECT investigation_id AS id, question_id AS question, length(answer::text) AS chars FROM evidence
       WHERE answer IS NOT NULL AND length(answer::text) > $1`,
      [MAX_CHARS],
    )
    return {
      checked: huge.length,
      violations: [
        ...huge
          .filter(({ bytesTaken }) => bytesTaken > MAX_BYTES)
          .map(({ worker, method, path, bytesTaken }) => ({
            id: worker,
            message: `${worker} took ${megabytes(bytesTaken)} of the answer to ${method} ${path}`,
            lookAt: 'chassis/send-request.ts, tools/http',
          })),
        ...rows.map(({ id, question, chars }) => ({
          id,
          message: `the evidence ${question} has ${chars} characters`,
          lookAt: `SELECT * FROM evidence WHERE investigation_id = '${id}'`,
        })),
      ],
    }
  },
}
