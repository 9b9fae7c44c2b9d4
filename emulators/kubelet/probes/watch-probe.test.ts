import { eventually } from '@goalixa/emulators-shared/testing/start-test-cluster'
import { expect, test } from 'vitest'
import type { ProbeResult } from './run-probe.ts'
import { watchProbe } from './watch-probe.ts'

async function changesFor(answers: boolean[], probe: object, isOkAtFirst: boolean) {
  const stop = new AbortController()
  const left = [...answers]
  const changes: string[] = []
  const failures: string[] = []
  const ask = async (): Promise<ProbeResult> => {
    const isOk = left.shift()
    if (left.length === 0) stop.abort()
    return isOk ? { isOk } : { isOk: false, message: 'no' }
  }
  const asked = () => answers.length - left.length
  await watchProbe({
    probe,
    ask,
    isOkAtFirst,
    signal: stop.signal,
    secondMs: 1,
    onChange: isOk => changes.push(`${isOk} after ${asked()}`),
    onFailure: message => failures.push(message),
  })
  return { changes, failures: failures.length }
}

test('the result changes only after as many consecutive results as the threshold, and every failure is reported', async () => {
  const answers = [true, false, true, false, false, false, false, true, true, true]
  const probe = { periodSeconds: 1, failureThreshold: 3, successThreshold: 2 }
  expect(await changesFor(answers, probe, true)).toEqual({
    changes: ['false after 6', 'true after 9'],
    failures: 5,
  })
})

test('a probe that never succeeded fails at the failure threshold', async () => {
  const { changes } = await changesFor(
    [false, false, false],
    { periodSeconds: 1, failureThreshold: 2 },
    false,
  )
  expect(changes).toEqual(['false after 2'])
})

test('the initial delay is observed', async () => {
  const stop = new AbortController()
  let asked = 0
  const ask = async (): Promise<ProbeResult> => {
    asked++
    return { isOk: true }
  }
  const nothing = () => {}
  void watchProbe({
    probe: { initialDelaySeconds: 1 },
    ask,
    isOkAtFirst: false,
    onChange: nothing,
    onFailure: nothing,
    signal: stop.signal,
    secondMs: 50,
  })
  expect(asked).toBe(0)
  await eventually(() => asked === 1)
  stop.abort()
})
