import type { Engine } from '@goalixa/agents/graphs/ports'
import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { afterAll, afterEach, beforeAll, beforeEach, test } from 'vitest'
import type { Dependencies } from '../composition/dependencies.ts'
import { fakeDependencies } from '../testing/fake-dependencies.ts'
import { sampleEngine } from '../testing/sample-engine.ts'
import { startSyntra, type TestSyntra } from '../testing/start-syntra.ts'
import { startTarget, type Target } from '../testing/start-target.ts'
import { waitForProposal } from '../testing/wait-for-proposal.ts'

let postgres: TestPostgres
let target: Target
let syntra: TestSyntra
type Incident = { service: string; action: unknown; investigation: { state: string } | null }

/** Whether reads of investigations hang. */
let isHanging: boolean

beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.stop())
beforeEach(async () => {
  target = await startTarget()
  isHanging = false
})
afterEach(async () => {
  await syntra.stop()
  await target.stop()
})

async function start(dependencies: Dependencies) {
  const { createRecorder } = dependencies
  syntra = await startSyntra({
    databaseUrl: await postgres.createDatabase(),
    settings: { SYNTRA_WORKER_CONCURRENCY: '1' },
    dependencies: {
      ...dependencies,
      createRecorder(store) {
        const recorder = createRecorder(store)
        return {
          async read(question, context) {
            if (isHanging)
              await new Promise(resolve => context.signal.addEventListener('abort', resolve, { once: true }))
            return recorder.read(question, context)
          },
        }
      },
    },
  })
}

async function occupyEverySlot() {
  isHanging = true
  await syntra.deliver(
    ['a', 'b', 'c'].map(service => ({ labels: { service, alertname: 'Slow' }, fingerprint: service })),
  )
  await syntra.until('/v1/incidents', ({ incidents }) =>
    incidents.some(({ investigation }: Incident) => investigation?.state === 'running'),
  )
}

test('an approved action is executed and verified while every slot for investigations is taken', async () => {
  await start(fakeDependencies(target.url))
  const { action } = await waitForProposal(syntra)
  await occupyEverySlot()
  const { id, stateDigest } = action
  await syntra.post(`/v1/actions/${id}/decision`, { decision: 'approve', stateDigest })
  await syntra.until(`/v1/actions/${id}`, body => body.state === 'succeeded')
})

test('an action that policy approves itself frees the slot of its investigation before it is executed', async () => {
  const dependencies = fakeDependencies(target.url, backgroundEngine())
  const mayWrite = Promise.withResolvers<void>()
  const { write } = dependencies.toolExecutor
  dependencies.toolExecutor.write = (...given) => mayWrite.promise.then(() => write(...given))
  await start(dependencies)
  await syntra.deliver([{}])
  await syntra.until('/v1/incidents', body => body.incidents[0]?.action?.state === 'executing')
  // The only slot is free for another investigation meanwhile.
  await syntra.deliver([{ labels: { service: 'other', alertname: 'Slow' }, fingerprint: 'other' }])
  await syntra.until('/v1/incidents', ({ incidents }) =>
    incidents.some(({ service, action }: Incident) => service === 'other' && action !== null),
  )
  mayWrite.resolve()
})

/** Proposes what policy lets Syntra do by itself: a change of risk R1 of a workload of tier B. */
function backgroundEngine(): Engine {
  const engine = sampleEngine({ risk: 'R1' })
  return {
    ...engine,
    chooseProposal(input) {
      const choice = engine.chooseProposal(input)
      if (choice.proposal?.classification) choice.proposal.classification.tier.value = 'B'
      return choice
    },
  }
}
