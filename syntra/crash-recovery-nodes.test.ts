import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCrashScenario } from './testing/crash-scenario.ts'
import { QUESTIONS } from './testing/sample-engine.ts'

let postgres: TestPostgres
let undisturbed: Omit<Awaited<ReturnType<typeof scenario>>, 'checks'>

beforeAll(async () => {
  postgres = await startPostgres()
  const { checks: _checks, ...result } = await scenario([])
  undisturbed = result
})
afterAll(() => postgres.stop())

const scenario = (points: string[]) => runCrashScenario({ postgres, points })

test('killed on both sides of every node: same verdict, no read repeated, each effect once', async () => {
  const nodes = [
    'intake',
    'plan',
    'collect',
    'diagnose',
    'propose',
    'preflight',
    'review',
    'act',
    'verify',
    'report',
    'remember',
  ]
  const points = nodes.flatMap(node => [`enter:${node}`, `leave:${node}`])
  const result = await scenario(points)
  expect(result.died).toEqual(points)
  expect(result).toMatchObject({ ...undisturbed, died: points })
  expect(undisturbed.reads).toEqual(QUESTIONS)
}, 600_000)

test('when a worker is suspended inside a node, another takes over, and what the suspended one does late changes nothing', async () => {
  const pauses = [
    'leave:intake',
    'read:events',
    'leave:diagnose',
    'enter:propose',
    'leave:review',
    'before:delivery_rollback_app',
    'after:delivery_rollback_app',
    'check:3',
    'leave:verify',
    'enter:remember',
  ]
  const result = await runCrashScenario({ postgres, pauses })
  const { reads, ...rest } = result
  const { reads: _reads, ...undisturbedButReads } = undisturbed
  expect(rest).toMatchObject({ ...undisturbedButReads, paused: pauses })
  // The read that was stopped is made again; nothing else is.
  expect(reads.toSorted()).toEqual([...QUESTIONS, 'events'].toSorted())
}, 600_000)
