import { setTimeout as wait } from 'node:timers/promises'
import { isDatabaseDown, type Pool } from '@goalixa/chassis/postgres'
import { PostgresSaver } from '@langchain/langgraph-checkpoint-postgres'
import { createFencedPool } from './create-fenced-pool.ts'

const PATIENCE_MS = 20_000
const PAUSE_MS = 250

/**
 * LangGraph's checkpointer in the schema `langgraph`. A write that finds the database unavailable is retried for
 * 20 seconds. LangGraph does not await these writes while a node runs, so a rejection would end the whole process.
 * A worker that has lost the lease of a thread writes no checkpoint of it any more.
 */
export function createCheckpointer(pool: Pool): PostgresSaver {
  const saver = new PostgresSaver(createFencedPool(pool), undefined, { schema: 'langgraph' })
  const put = saver.put.bind(saver)
  const putWrites = saver.putWrites.bind(saver)
  // Safe to repeat: both are upserts under their own ids.
  saver.put = (...given) => patiently(() => put(...given))
  saver.putWrites = (...given) => patiently(() => putWrites(...given))
  return saver
}

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
