import type { QueryConfig, QueryResult, QueryResultRow } from 'pg'
import { corkUntilNextTick } from './cork-until-next-tick.ts'
import { type Pool, rethrowUnavailable } from './postgres.ts'

/**
 * Runs independent statements as one transaction in one round trip; the pool must have been created with `pipeline`.
 * Resolves with the result of the last statement. If one fails, none takes effect and its error is thrown.
 */
export async function runPipelinedTransaction<Row extends QueryResultRow>(
  pool: Pool,
  statements: QueryConfig[],
): Promise<QueryResult<Row>> {
  const client = await pool.connect().catch(rethrowUnavailable)
  corkUntilNextTick(client)
  const begun = client.query('BEGIN')
  const sent = statements.map(statement => client.query<Row>(statement))
  // PostgreSQL turns COMMIT into a rollback if a statement failed.
  const committed = client.query('COMMIT')
  const answers = await Promise.allSettled([begun, ...sent, committed])
  const [ended] = answers.slice(-1)
  client.release(ended?.status === 'rejected')
  // The first failure is the cause; after it PostgreSQL only reports that the transaction is aborted.
  const failed = answers.find(answer => answer.status === 'rejected')
  if (failed) return rethrowUnavailable(failed.reason)
  const [last] = await Promise.all(sent.slice(-1))
  if (!last) throw new Error('There is no statement to run.')
  return last
}
