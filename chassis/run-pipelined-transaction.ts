import type { QueryConfig, QueryResult, QueryResultRow } from 'pg'
import { corkUntilNextTick } from './cork-until-next-tick.ts'
import { type Pool, rethrowUnavailable } from './postgres.ts'

/**
 * Runs statements, none of which needs the answer of another, as one transaction in one round trip; the pool has to
 * have a `pipeline`. Resolves with the result of the last one. If one fails, none has an effect and its error is thrown.
 */
export async function runPipelinedTransaction<Row extends QueryResultRow>(
  pool: Pool,
  statements: QueryConfig[],
): Promise<QueryResult<Row>> {
  const client = await pool.connect().catch(rethrowUnavailable)
  corkUntilNextTick(client)
  const begun = client.query('BEGIN')
  const asked = statements.map(statement => client.query<Row>(statement))
  // PostgreSQL makes a rollback of it if a statement failed.
  const committed = client.query('COMMIT')
  const answers = await Promise.allSettled([begun, ...asked, committed])
  const [ended] = answers.slice(-1)
  client.release(ended?.status === 'rejected')
  // The first one is the cause; behind it PostgreSQL only says that the transaction is aborted.
  const failed = answers.find(answer => answer.status === 'rejected')
  if (failed) return rethrowUnavailable(failed.reason)
  const [last] = await Promise.all(asked.slice(-1))
  if (!last) throw new Error('There is no statement to run.')
  return last
}
