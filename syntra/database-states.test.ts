import { setTimeout as wait } from 'node:timers/promises'
import { chooseRows } from '@goalixa/chassis/testing/choose-rows'
import { createOwnedDatabase, databaseStates } from '@goalixa/chassis/testing/database-states'
import { startPostgres } from '@goalixa/chassis/testing/start-postgres'
import { type TestContext, test } from 'vitest'
import type { Dependencies } from './composition/dependencies.ts'
import { approveProposal } from './testing/approve-proposal.ts'
import { fakeDependencies } from './testing/fake-dependencies.ts'
import { pauseInvestigation, READS_BEFORE_PAUSE } from './testing/pause-investigation.ts'
import { SAMPLE_STEPS } from './testing/sample-proposal.ts'
import { startSyntra } from './testing/start-syntra.ts'
import { startTarget } from './testing/start-target.ts'

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
const ROLE = 'syntra'
const STATES = Object.keys(CODES) as State[]

/** A server of its own for one test, because a state may affect all of it, with a database and a target. */
async function prepare(state: State, tables: string[], { onTestFinished }: TestContext) {
  const postgres = await startPostgres()
  onTestFinished(() => postgres.stop())
  const target = await startTarget()
  onTestFinished(() => target.stop())
  const { url, adminUrl } = await createOwnedDatabase(postgres.url('postgres'), ROLE)
  return {
    target,
    enter: databaseStates(adminUrl, ROLE, tables)[state],
    async start(dependencies: Dependencies) {
      const syntra = await startSyntra({ databaseUrl: url, dependencies })
      onTestFinished(() => syntra.stop())
      return syntra
    },
  }
}

const isProposed = (body: { incidents?: { action: { state: string } | null }[] }) =>
  body.incidents?.at(-1)?.action?.state === 'awaiting-approval'

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
    const { dependencies, paused, resume } = pauseInvestigation(fakeDependencies(target.url))
    const syntra = await start(dependencies)
    await syntra.deliver([{}])
    await paused
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
    const reads = target.world.reads.filter(name => READS_BEFORE_PAUSE.includes(name))
    expect(reads.toSorted()).toEqual(READS_BEFORE_PAUSE)
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
    const { action } = await approveProposal(syntra)
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
