import { setTimeout as wait } from 'node:timers/promises'
import { chooseRows } from '@goalixa/chassis/testing/choose-rows'
import { createOwnedDatabase, databaseStates } from '@goalixa/chassis/testing/database-states'
import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { afterAll, beforeAll, type TestContext, test } from 'vitest'
import type { Dependencies } from './composition/dependencies.ts'
import { fakeDependencies } from './testing/fake-dependencies.ts'
import { SAMPLE_STEPS } from './testing/sample-proposal.ts'
import { startSyntra } from './testing/start-syntra.ts'
import { startTarget, type Target } from './testing/start-target.ts'
import { waitForProposal } from './testing/wait-for-proposal.ts'

/** Long enough for a job to fail more often than an investigation may. */
const STATE_MS = 6_000

const CODES = {
  'read-only': 'DATABASE_READ_ONLY',
  forbidden: 'DATABASE_FORBIDDEN',
  locked: 'DATABASE_LOCKED',
  full: 'DATABASE_FULL',
  overloaded: 'DATABASE_OVERLOADED',
  frozen: 'DATABASE_SLOW',
} as const
type State = keyof typeof CODES
const STATES = Object.keys(CODES) as State[]

let postgres: TestPostgres
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.stop())

/** A database of its own for one test, with a target; a server of its own too if the state affects all of it. */
async function prepare(state: State, tables: string[], { task, onTestFinished }: TestContext) {
  const server = state === 'frozen' ? await startPostgres() : postgres
  if (server !== postgres) onTestFinished(() => server.stop())
  const target = await startTarget()
  onTestFinished(() => target.stop())
  const role = `syntra_${task.id.replaceAll('-', '')}`
  const { url, adminUrl } = await createOwnedDatabase(server.url('postgres'), role)
  return {
    target,
    enter: databaseStates(adminUrl, role, tables)[state],
    async start(dependencies: Dependencies) {
      const syntra = await startSyntra({ databaseUrl: url, dependencies })
      onTestFinished(() => syntra.stop())
      return syntra
    },
  }
}

const isProposed = (body: { incidents?: { action: { state: string } | null }[] }) =>
  body.incidents?.at(-1)?.action?.state === 'awaiting-approval'

/** Dependencies whose investigation waits for `resume` before it reads the logs. */
function pausedDependencies(target: Target) {
  const dependencies = fakeDependencies(target.url)
  const reading = Promise.withResolvers<void>()
  const resume = Promise.withResolvers<void>()
  const createRecorder: Dependencies['createRecorder'] = store => {
    const recorder = dependencies.createRecorder(store)
    return {
      async read(question, context) {
        if (question.id === 'logs') {
          reading.resolve()
          await resume.promise
        }
        return recorder.read(question, context)
      },
    }
  }
  return {
    dependencies: { ...dependencies, createRecorder },
    reading: reading.promise,
    resume: resume.resolve,
  }
}

// One state for each way in which a database fails: it refuses statements (as if `forbidden`), refuses some writes and answers
// reads, refuses connections, or does not answer (as if `locked`).
test.concurrent.for(chooseRows(STATES, ['read-only', 'full', 'overloaded', 'frozen']))(
  'while the database is %s during an investigation, every request is answered 503 with the reason, and the investigation continues afterwards',
  { timeout: 120_000 },
  async (state, context) => {
    const { expect } = context
    const code = CODES[state]
    const tables = ['alerts', 'evidence', 'incidents', 'investigations']
    const { target, enter, start } = await prepare(state, tables, context)
    const { dependencies, reading, resume } = pausedDependencies(target)
    const syntra = await start(dependencies)
    await syntra.deliver([{}])
    await reading
    const end = await enter()
    const later = { labels: { alertname: 'Later', namespace: 'elsewhere' } }
    try {
      resume()
      const isOver = wait(STATE_MS)
      // The first to notice may have waited.
      await expect.poll(async () => (await syntra.deliver([later])).body.code, { timeout: 20_000 }).toBe(code)
      const delivery = await syntra.deliver([later])
      expect([delivery.status, delivery.body.code]).toEqual([503, code])
      // Nothing else is known to be wrong with a disk that is full: what only reads is answered.
      if (state !== 'full') {
        expect((await syntra.get('/v1/incidents')).body.code).toBe(code)
        expect((await fetch(`${syntra.url}/readyz`)).status).toBe(503)
      }
      expect((await fetch(`${syntra.url}/livez`)).status).toBe(200)
      await isOver
    } finally {
      await end()
    }
    await syntra.until('/v1/incidents', isProposed, 60_000)
    await expect.poll(async () => (await syntra.deliver([later])).status, { timeout: 20_000 }).toBe(202)
    const reads = target.world.reads.filter(name => ['pods', 'events', 'errors', 'latency'].includes(name))
    expect(reads.toSorted()).toEqual(['errors', 'events', 'latency', 'pods'])
  },
)

// What the ledger does depends on whether it gets an error of a statement or of a connection, or none.
test.concurrent.for(chooseRows(STATES, ['read-only', 'overloaded', 'frozen']))(
  'if the database becomes %s right after an effect, nothing is done while it lasts, each effect happens once, and the action succeeds',
  { timeout: 120_000 },
  async (state, context) => {
    const { expect } = context
    const { target, enter, start } = await prepare(state, ['action_steps', 'actions', 'timeline'], context)
    const dependencies = fakeDependencies(target.url)
    const begun = Promise.withResolvers<() => Promise<void>>()
    let isFirst = true
    const { toolExecutor } = dependencies
    const write: typeof toolExecutor.write = async (tool, args, call) => {
      const result = await toolExecutor.write(tool, args, call)
      if (isFirst) {
        isFirst = false
        begun.resolve(await enter())
      }
      return result
    }
    const syntra = await start({ ...dependencies, toolExecutor: { ...toolExecutor, write } })
    const { action } = await waitForProposal(syntra)
    const decision = { decision: 'approve', stateDigest: action.stateDigest }
    expect((await syntra.post(`/v1/actions/${action.id}/decision`, decision)).status).toBe(200)
    const end = await begun.promise
    try {
      await wait(STATE_MS)
      expect(target.world.effects.map(({ tool }) => tool)).toEqual(SAMPLE_STEPS.slice(0, 1))
    } finally {
      await end()
    }
    await syntra.until(`/v1/actions/${action.id}`, body => body.state === 'succeeded')
    expect(target.world.effects.map(({ tool }) => tool)).toEqual(SAMPLE_STEPS)
  },
)
