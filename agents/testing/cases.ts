import { expect } from 'vitest'
import { reviewProposal } from '../reviewer/review-proposal.ts'
import type { Investigated } from './investigate.ts'
import { iso, NAMESPACE } from './kube.ts'
import { curve, NOW, release, steady, step, type World } from './sample-cluster.ts'

/** When the trouble of the sample cases begins. */
export const AT = NOW - 40
/** The status of a pod whose process ends at start. */
export const CRASHING = {
  ready: false,
  restartCount: 4,
  state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 40s restarting failed container' } },
  lastState: { terminated: { exitCode: 1, reason: 'Error', finishedAt: iso(NOW - 12) } },
}

/** A deploy of a page that has nothing to do with it, close to the trouble, and a warning of yesterday. */
export function withDecoys(world: World): World {
  release(world, 'shop', AT - 6, { image: 'registry.example/shop/shop:1.1.0' })
  world.events.push({
    type: 'Warning',
    reason: 'Unhealthy',
    message: 'Readiness probe failed: HTTP probe failed with statuscode: 404',
    object: { kind: 'Pod', namespace: NAMESPACE, name: 'users-h3-1' },
    count: 3,
    firstAt: iso(NOW - 80_000),
    lastAt: iso(NOW - 79_000),
  })
  curve(world, 'memory', { pod: 'shop-h4-1', container: 'shop' }, steady(200 * 2 ** 20))
  return world
}

/** Expects the first cause, a sound proposal of one of the methods, and no objection to it. */
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

/** Makes a service slower by so many seconds. */
export function slower(world: World, name: string, own: number, at = AT): void {
  curve(world, 'latency-mean', { service: name }, step(0.02, 0.02 + own, at))
  curve(world, 'latency-p95', { service: name }, step(0.05, 0.05 + 2 * own, at))
}

/** Makes a share of a service’s answers errors. */
export function failing(world: World, name: string, ratio: number, at = AT): void {
  curve(world, 'error-ratio', { service: name }, step(0, ratio, at))
}

/** Gives a signal per revision: the old one until the release, the new one from then on. */
export function newRevision(world: World, name: string, signal: string, before: number, after: number): void {
  curve(world, signal, { service: name, revision: 'h3' }, time => (time < AT + 2 ? before : null))
  curve(world, signal, { service: name, revision: 'h4' }, time => (time < AT + 2 ? null : after))
}
