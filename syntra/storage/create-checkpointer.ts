import { setTimeout as wait } from 'node:timers/promises'
import { isDatabaseDown, type Pool } from '@goalixa/chassis/postgres'
import { PostgresSaver } from '@langchain/langgraph-checkpoint-postgres'
import { createFencedPool } from './create-fenced-pool.ts'

const PATIENCE_MS = 20_000
const PAUSE_MS = 250

/**
 * LangGraph's checkpointer in the schema `langgraph`. A write that finds the database unavailable is retried for
 * 20 seconds. LangGraph does not await these writes while a node runs, so a rejection would end the whole process.
 * A worker that has lost a thread's lease can no longer write its checkpoints. The latest checkpoint of a thread is the
 * one that was written last.
 */
export function createCheckpointer(pool: Pool): PostgresSaver {
  const saver = new PostgresSaver(createFencedPool(pool), undefined, { schema: 'langgraph' })
  const setup = saver.setup.bind(saver)
  const put = saver.put.bind(saver)
  const putWrites = saver.putWrites.bind(saver)
  const getTuple = saver.getTuple.bind(saver)
  saver.setup = async () => {
    await setup()
    await pool.query(NUMBER_CHECKPOINTS)
  }
  // Safe to repeat: both are upserts under their own ids.
  saver.put = (...given) => patiently(() => put(...given))
  saver.putWrites = (...given) => patiently(() => putWrites(...given))
  saver.getTuple = async ({ configurable, ...config }) => {
    const { thread_id, checkpoint_ns = '', checkpoint_id } = configurable ?? {}
    const latest = checkpoint_id ?? (await findLatest(pool, thread_id, checkpoint_ns))
    return getTuple({ ...config, configurable: { ...configurable, checkpoint_id: latest } })
  }
  return saver
}

// The library takes the one with the highest id, which begins with the time of the worker that wrote it. After a worker whose
// clock was ahead, every run would begin at its checkpoint again until that time has come.
async function findLatest(pool: Pool, threadId: string, namespace: string): Promise<string | undefined> {
  const { rows } = await pool.query<{ id: string }>(
    `SELECT checkpoint_id AS id FROM langgraph.checkpoints WHERE thread_id = $1 AND checkpoint_ns = $2
     ORDER BY written DESC NULLS LAST, checkpoint_id DESC LIMIT 1`,
    [threadId, namespace],
  )
  return rows[0]?.id
}

// Those that were written before this column existed have no number, and come before all others.
const NUMBER_CHECKPOINTS = `DO $$
BEGIN
  IF EXISTS (SELECT FROM information_schema.columns
             WHERE table_schema = 'langgraph' AND table_name = 'checkpoints' AND column_name = 'written') THEN
    RETURN;
  END IF;
  ALTER TABLE langgraph.checkpoints ADD COLUMN written bigint;
  CREATE SEQUENCE langgraph.checkpoints_written OWNED BY langgraph.checkpoints.written;
  ALTER TABLE langgraph.checkpoints ALTER COLUMN written SET DEFAULT nextval('langgraph.checkpoints_written');
END $$`

async function patiently<T>(work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!isDatabaseDown(error) || performance.now() > deadline) throw error
      await wait(PAUSE_MS)
    }
  }
}
