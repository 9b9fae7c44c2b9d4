import { chooseRows } from '@goalixa/chassis/testing/choose-rows'
import { expect, test } from 'vitest'
import { QUESTIONS } from './testing/sample-engine.ts'
import { useCrashScenario } from './testing/use-crash-scenario.ts'

const scenario = useCrashScenario()

test('killed before or after a node: same verdict, no read repeated, each effect once', async () => {
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
  const table = nodes.flatMap(node => [`enter:${node}`, `leave:${node}`])
  // After the nodes that read, wait for a person and wait for time, and before the one that has effects.
  const points = chooseRows(table, ['leave:collect', 'leave:review', 'enter:act', 'leave:verify'])
  const result = await scenario.run({ points })
  expect(result.died).toEqual(points)
  expect(result).toMatchObject({ ...scenario.undisturbed, died: points })
  expect(scenario.undisturbed.reads).toEqual(QUESTIONS)
}, 600_000)

test('when a worker is suspended inside a node, another takes over, and what the suspended one does late changes nothing', async () => {
  const table = [
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
  // What is done late: a read, the start of an effect, and a recovery check.
  const pauses = chooseRows(table, ['read:events', 'before:delivery_rollback_app', 'check:3'])
  const result = await scenario.run({ pauses })
  const { reads, ...rest } = result
  const { reads: _reads, ...undisturbedButReads } = scenario.undisturbed
  expect(rest).toMatchObject({ ...undisturbedButReads, paused: pauses })
  // The read that was stopped is made again; nothing else is.
  expect(reads.toSorted()).toEqual([...QUESTIONS, 'events'].toSorted())
}, 600_000)
