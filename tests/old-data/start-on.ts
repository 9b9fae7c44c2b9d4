import { createLog } from '@goalixa/chassis/log'
import { createMetrics } from '@goalixa/chassis/metrics'
import { buildApi } from '@goalixa/syntra/build-api'
import { buildWorker } from '@goalixa/syntra/build-worker'
import { buildCli } from '@goalixa/syntra/cli/build-cli'
import { createDependencies } from '@goalixa/syntra/composition/create-dependencies'
import { createSyntraClient } from '@goalixa/syntra/testing/syntra-client'
import { KEYS, testConfig } from '@goalixa/syntra/testing/test-config'
import pg from 'pg'
import { cooperativeSystems } from './cooperative-systems.ts'

/** When the database of version 0.1.0 was dumped. */
export const DUMPED_AT = Date.parse('2026-11-29T13:21:52Z')
export const DEVELOPER = 'developer-key-of-dev-0001'
const SETTINGS = {
  SYNTRA_BOOTSTRAP_KEYS: `ada:operator:${KEYS.ada},bob:operator:${KEYS.bob},dev:developer:${DEVELOPER},eve:viewer:${KEYS.eve},root:admin:${KEYS.root}`,
  // Pending reverts are then checked every five seconds.
  SYNTRA_TIME_SCALE: '20',
  SYNTRA_READ_TIMEOUT_SECONDS: '2',
}

/** Starts the current API and worker on a database, with the clock at the time of its dump. */
export async function startOn(databaseUrl: string) {
  const config = testConfig(databaseUrl, SETTINGS)
  const log = createLog({ service: 'syntra', level: 'silent' })
  const begun = Date.now()
  const now = () => new Date(DUMPED_AT + Date.now() - begun)
  const db = new pg.Pool({ connectionString: databaseUrl, max: 2 })
  const pulls = new Map<string, number>()
  const rollbacks = await db.query<{ name: string; revision: string }>(
    `SELECT args->>'name' AS name, result->>'revision' AS revision FROM action_steps
     WHERE tool LIKE '%\\_rollback\\_app' AND phase = 'do' AND state = 'done'`,
  )
  const deployed = new Map(rollbacks.rows.map(({ name, revision }) => [name, revision]))
  const systems = cooperativeSystems(pulls, deployed)
  const dependencies = { ...(await createDependencies(config)), toolExecutor: systems.toolExecutor }
  const api = await buildApi({ config, dependencies, log, metrics: createMetrics(), now })
  const { rows } = await db.query('SELECT id, state, proposal FROM actions')
  for (const { id, state, proposal } of rows) {
    systems.expect(id, proposal, state === 'verifying')
    if (state === 'executing') pulls.set(id, 5)
  }
  const { address } = await api.start()
  const worker = await buildWorker({ config, dependencies, log, metrics: createMetrics(), now })
  await worker.start()
  const client = createSyntraClient(address)

  return {
    ...client,
    db,
    systems,
    writesOf: (action: string) =>
      systems.writes.filter(write => write.action === action).map(({ tool }) => tool),
    /** Reads the incident of a namespace, its newest action, the investigation of that action, and its verdict. */
    async read(namespace: string) {
      const { body } = await client.get(`/v1/incidents?namespace=${namespace}`)
      const [incident] = body.incidents
      const action = incident.action && (await client.get(`/v1/actions/${incident.action.id}`)).body
      const id = action?.investigationId ?? incident.investigation.id
      const { body: investigation } = await client.get(`/v1/investigations/${id}`)
      return { incident, action, investigation, verdict: investigation.verdict }
    },
    async approve({ id, stateDigest }: { id: string; stateDigest: string }, key: string): Promise<number> {
      return (await client.post(`/v1/actions/${id}/decision`, { decision: 'approve', stateDigest }, key))
        .status
    },
    untilState: (id: string, state: string) =>
      client.until(`/v1/actions/${id}`, body => body.state === state, 60_000),
    async run(...args: string[]): Promise<string> {
      let written = ''
      const cli = buildCli({
        isTerminal: false,
        signal: AbortSignal.timeout(30_000),
        write: text => {
          written += text
        },
        env: { SYNTRA_URL: address, SYNTRA_KEY: KEYS.ada },
        setExitCode: () => {},
      })
      await cli.parseAsync(['node', 'syntra', ...args])
      return written
    },
    async stop() {
      await Promise.all([worker.stop(), api.stop(), db.end()])
    },
  }
}
