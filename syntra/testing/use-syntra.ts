import type { Engine } from '@goalixa/agents/graphs/ports'
import { createPool, type Pool } from '@goalixa/chassis/postgres'
import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import type { Dependencies } from '../composition/dependencies.ts'
import { fakeDependencies } from './fake-dependencies.ts'
import { startSyntra, type TestSyntra } from './start-syntra.ts'
import { startTarget, type Target } from './start-target.ts'

type Options = {
  /** By default those of the target, with the engine. */
  dependencies?: Dependencies
  engine?: Engine
  settings?: Record<string, string>
  worker?: boolean
}
type Running = { syntra: TestSyntra; pool: Pool; databaseUrl: string }

/**
 * Sets up a file of tests that run one after another: one PostgreSQL for all, and for each test a target and, once it calls
 * `start`, a Syntra on a new database with a pool for that. They end with the test.
 */
export function useSyntra() {
  let postgres: TestPostgres
  let target: Target
  let started: Running[] = []

  beforeAll(async () => {
    postgres = await startPostgres()
  })
  afterAll(() => postgres.stop())
  beforeEach(async () => {
    target = await startTarget()
    started = []
  })
  afterEach(async () => {
    await Promise.all(started.map(({ syntra, pool }) => Promise.all([syntra.stop(), pool.end()])))
    await target.stop()
  })

  function running(): Running {
    const last = started.at(-1)
    if (last === undefined) throw new Error('No Syntra runs; expected the test to call start() before')
    return last
  }

  return {
    get postgres() {
      return postgres
    },
    get target() {
      return target
    },
    /** The Syntra that was started last. */
    get syntra() {
      return running().syntra
    },
    get pool() {
      return running().pool
    },
    get databaseUrl() {
      return running().databaseUrl
    },
    async start({ engine, dependencies, settings, worker }: Options = {}): Promise<TestSyntra> {
      const databaseUrl = await postgres.createDatabase()
      const syntra = await startSyntra({
        databaseUrl,
        dependencies: dependencies ?? fakeDependencies(target.url, engine),
        settings,
        worker,
      })
      started.push({ syntra, databaseUrl, pool: createPool({ url: databaseUrl, name: 'test' }) })
      return syntra
    },
  }
}
