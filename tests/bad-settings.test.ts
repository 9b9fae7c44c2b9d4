import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { killProcesses, runProcess } from './run-process.ts'
import { API, STACK, WORKER } from './start-api.ts'

const folder = mkdtempSync(join(tmpdir(), 'bad-settings-'))
let postgres: TestPostgres

beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(async () => {
  killProcesses()
  await postgres.stop()
  rmSync(folder, { recursive: true })
})

describe('an invalid setting', () => {
  it('is reported at the start with all others and what was expected of each, without secrets', async () => {
    const bad = {
      DATABASE_URL: 'mysql://root:hunter2@db/syntra',
      PORT: 'eighty',
      METRICS_PORT: '99999',
      LOG_LEVEL: 'loud',
      REDIS_URL: 'localhost',
      PROMETHEUS_URL: 'prometheus:9090',
      SYNTRA_WEBHOOK_TOKEN: 'short',
      SYNTRA_BOOTSTRAP_KEYS: 'ada:king:hunter2-and-more-characters',
      SYNTRA_FREEZE_WINDOWS: 'christmas',
      SYNTRA_ENVIRONMENTS: 'shop',
      KUBECONFIG: join(folder, 'no-such-file'),
    }
    for (const command of [API, WORKER]) {
      const { code, err, out } = await runProcess(command, bad).ended
      expect(code).toBe(1)
      for (const name of Object.keys(bad)) expect(err).toContain(name)
      expect(err).toContain('expected postgres://user:password@host:port/database')
      expect(err).not.toMatch(STACK)
      expect(err + out).not.toContain('hunter2')
    }
  }, 30_000)

  it.each([
    ['invalid YAML', '{{{', 'YAML with "clusters"'],
    ['another document', 'kind: Pod\nmetadata: { name: x }', 'current-context'],
    ['an invalid cluster address', kubeconfig('db:5432'), 'http:// or https:// address'],
  ])('is reported with the file and what was expected: a kubeconfig with %s', async (_name, text, words) => {
    const file = join(folder, 'kubeconfig')
    writeFileSync(file, text)
    const { code, err } = await runProcess(API, {
      DATABASE_URL: postgres.url('postgres'),
      KUBECONFIG: file,
    }).ended
    expect(code).toBe(1)
    expect(err).toContain('KUBECONFIG')
    expect(err).toContain(file)
    expect(err).toContain(words)
    expect(err).not.toMatch(STACK)
  })

  it('is reported without the password if the database is unreachable or rejects the login', async () => {
    const wrong = postgres.url('postgres').replace(/\/\/[^@]+@/, '//nobody:hunter2@')
    for (const DATABASE_URL of ['postgres://u:hunter2@127.0.0.1:1/syntra', wrong]) {
      const { code, err, out } = await runProcess(API, { DATABASE_URL, PORT: '0', METRICS_PORT: '0' }).ended
      expect(code).toBe(1)
      expect(err).toMatch(/database/i)
      expect(err + out).not.toContain('hunter2')
      expect(err).not.toMatch(STACK)
    }
  }, 30_000)
})

function kubeconfig(server: string): string {
  const cluster = { name: 'c', cluster: { server } }
  const context = { name: 'c', context: { cluster: 'c', user: 'u' } }
  return JSON.stringify({
    clusters: [cluster],
    contexts: [context],
    users: [{ name: 'u' }],
    'current-context': 'c',
  })
}
