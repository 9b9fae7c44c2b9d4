import { expect } from 'vitest'
import { reviewProposal } from '../reviewer/review-proposal.ts'
import type { Investigated } from './investigate.ts'
import { iso, NAMESPACE } from './kube.ts'
import { addRelease, NOW, setCurve, steady, step, type World } from './sample-cluster.ts'

/** The onset of the faults in the sample cases, in Unix seconds. */
export const AT = NOW - 40
/** The status of a pod whose process exits at start. */
export const CRASHING = {
  ready: false,
  restartCount: 4,
  state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 40s restarting failed container' } },
  lastState: { terminated: { exitCode: 1, reason: 'Error', finishedAt: iso(NOW - 12) } },
}

/** Adds decoys: an unrelated release close to the onset, a warning of yesterday and a high but steady memory usage. */
export function addDecoys(world: World): World {
  addRelease(world, 'shop', AT - 6, { image: 'registry.example/shop/shop:1.1.0' })
  world.events.push({
    type: 'Warning',
    reason: 'Unhealthy',
    message: 'Readiness probe failed: HTTP probe failed with statuscode: 404',
    object: { kind: 'Pod', namespace: NAMESPACE, name: 'users-h3-1' },
    count: 3,
    firstAt: iso(NOW - 80_000),
    lastAt: iso(NOW - 79_000),
  })
  setCurve(world, 'memory', { pod: 'shop-h4-1', container: 'shop' }, steady(200 * 2 ** 20))
  return world
}

/** Expects a first cause, a proposal by one of the methods, and no objection of the reviewer to it. */
export function expectCause(
  { verdict, choice, snapshot }: Investigated,
  code: string,
  subject: string,
  methods: string[],
): void {
  expect(verdict).toMatchObject({
    outcome: 'cause',
    causes: [{ code, subject: { name: subject } }, ...verdict.causes.slice(1)],
  })
  expect(verdict.causes[0]?.confidence).toBeGreaterThan(0.7)
  expect(methods).toContain(choice.proposal?.method)
  if (choice.proposal !== null)
    expect(reviewProposal({ proposal: choice.proposal, verdict, snapshot }).objections).toEqual([])
}

/** Makes a service slower by `own` seconds per request. */
export function makeSlower(world: World, name: string, own: number, at = AT): void {
  setCurve(world, 'latency-mean', { service: name }, step(0.02, 0.02 + own, at))
  setCurve(world, 'latency-p95', { service: name }, step(0.05, 0.05 + 2 * own, at))
}

/** Makes a share of a service's requests fail. */
export function makeFailing(world: World, name: string, ratio: number, at = AT): void {
  setCurve(world, 'error-ratio', { service: name }, step(0, ratio, at))
}

/** Sets a signal per revision: `before` for the old one until the release, `after` for the new one from then on. */
export function setSignalPerRevision(
  world: World,
  name: string,
  signal: string,
  before: number,
  after: number,
): void {
  setCurve(world, signal, { service: name, revision: 'h3' }, time => (time < AT + 2 ? before : null))
  setCurve(world, signal, { service: name, revision: 'h4' }, time => (time < AT + 2 ? null : after))
}
