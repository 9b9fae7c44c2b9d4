import type { createBrowser } from '@goalixa/bff/testing/browser'
import { v7 as uuidv7 } from 'uuid'

const PROJECTS = 10
const TASKS = 200
const ENTRIES = 5_000
const OPS_PER_REQUEST = 500
const HALF_HOUR_MS = 1_800_000

/** Syncs data of a few months as a device would: 10 projects, 200 tasks, 5,000 time entries. */
export async function seedPerson({ post }: ReturnType<typeof createBrowser>): Promise<void> {
  const ids = (count: number) => Array.from({ length: count }, () => uuidv7())
  const [projects, tasks, entries] = [ids(PROJECTS), ids(TASKS), ids(ENTRIES)]
  const firstMs = Date.now() - ENTRIES * HALF_HOUR_MS
  const at = (index: number) => new Date(firstMs + index * HALF_HOUR_MS).toISOString()
  const edits = [
    ...projects.flatMap((id, index) => [['projects', id, 'name', `Project ${index}`] as const]),
    ...tasks.flatMap((id, index) => [
      ['tasks', id, 'name', `Task ${index} of a day like any other`] as const,
      ['tasks', id, 'project_id', projects[index % PROJECTS]] as const,
    ]),
    ...entries.flatMap((id, index) => [
      ['time_entries', id, 'task_id', tasks[index % TASKS]] as const,
      ['time_entries', id, 'started_at', at(index)] as const,
      ['time_entries', id, 'ended_at', at(index + 0.5)] as const,
    ]),
  ]
  const ops = edits.map(([entity, id, field, value], index) => {
    const stamp = { ms: firstMs, counter: index, clientId: 'seed' }
    return { seq: index + 1, entity, id, field, value, stamp, base: null }
  })
  for (let from = 0; from < ops.length; from += OPS_PER_REQUEST) {
    const request = { attempt: 1, clientId: 'seed', cursor: Number.MAX_SAFE_INTEGER, schema: 1 }
    const { status, body } = await post('/bff/sync', {
      ...request,
      ops: ops.slice(from, from + OPS_PER_REQUEST),
    })
    if (status !== 200) throw new Error(`Seeding failed: the BFF answered ${status}: ${JSON.stringify(body)}`)
  }
}
