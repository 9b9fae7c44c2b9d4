import type { Proposal } from '@goalixa/agents/devops/proposal'
import type { Step } from '@goalixa/agents/devops/step'
import { AT } from '@goalixa/agents/testing/cases'
import { investigate } from '@goalixa/agents/testing/investigate'
import { iso, NAMESPACE, pod, templateOf } from '@goalixa/agents/testing/kube'
import { addAlert, healthyWorld, NOW, setCurve, type World } from '@goalixa/agents/testing/sample-cluster'
import { SAMPLE_FAULTS } from '@goalixa/agents/testing/sample-faults'

/** A sample cluster for which the engine proposes something, and the service that is faulty in it. */
export type ProposalCase = { title: string; shape: string; service: string; world: () => World }

type Fault = { message: string; world: () => World }
type Situation = { message: string; apply: (world: World) => void }

/**
 * Returns one case for every shape of proposal over all sample faults and delivery situations, and for every
 * precondition. Of the cases of one shape it picks the one with the most predicates.
 */
export function proposalCases(): ProposalCase[] {
  const made = [...SAMPLE_FAULTS, leakWithoutRelease, manualRollout].flatMap(fault =>
    situations().flatMap(situation => madeOf(fault, situation)),
  )
  const chosen = Object.values(Object.groupBy(made, ({ shape }) => shape)).flatMap(
    alike => alike?.toSorted((a, b) => predicatesOf(b.proposal) - predicatesOf(a.proposal)).slice(0, 1) ?? [],
  )
  for (const candidate of made) {
    const covered = new Set(chosen.flatMap(({ proposal }) => preconditionsOf(proposal)))
    if (preconditionsOf(candidate.proposal).some(condition => !covered.has(condition))) chosen.push(candidate)
  }
  return chosen
}

function madeOf(fault: Fault, situation: Situation) {
  const world = () => {
    const fresh = fault.world()
    situation.apply(fresh)
    return fresh
  }
  const { proposal } = investigate(world()).choice
  if (proposal === null) return []
  const title = `${titleOf(proposal)}: ${fault.message}; ${situation.message}`
  return [{ title, shape: shapeOf(proposal), service: proposal.target.name, world, proposal }]
}

/** Returns the structure that the executor must understand, without values: methods, tools, arguments and references. */
export function shapeOf({ kind, method, steps, undo, pendingRevert, handoff }: Proposal): string {
  const shapeOfStep = ({ args, message: _, ...step }: Step) => ({ ...step, args: Object.keys(args) })
  return JSON.stringify({
    kind,
    method,
    steps: steps.map(shapeOfStep),
    undo: 'steps' in undo ? undo.steps.map(shapeOfStep) : 'irreversible',
    pendingRevert: pendingRevert && shapeOfStep(pendingRevert.step),
    isHandedOff: handoff !== undefined,
  })
}

function titleOf({ method, target, handoff }: Proposal): string {
  const end = handoff === undefined ? '' : ', handed off'
  return `${method} of a ${target.kind}${end}`
}

function preconditionsOf({ preconditions }: Proposal): string[] {
  return preconditions.map(({ kind, path }) => `${kind} ${path}`)
}

function predicatesOf({ verification: { recovered, worse } }: Proposal): number {
  return recovered.length + worse.length
}

/** Lists the ways in which the faulty service is delivered: automation, branch rules and sync windows. */
function situations(): Situation[] {
  const automation = [
    { message: 'auto-sync', app: {} },
    { message: 'manual syncs', app: { automated: null } },
    { message: 'no GitOps', app: null },
  ]
  const rules = [
    { message: 'a free branch', rules: {} },
    { message: 'required reviews', rules: { requiredReviews: 1 } },
    { message: 'required checks', rules: { requiredChecks: ['ci'] } },
  ]
  return automation.flatMap(({ message: how, app }) =>
    rules.flatMap(({ message: branch, rules }) =>
      [true, false].map(canSync => ({
        message: [how, branch, ...(canSync ? [] : ['a closed sync window'])].join(', '),
        apply(world: World) {
          Object.assign(world.rules, rules)
          world.canSync = canSync
          if (app === null) world.history = {}
          else
            for (const name of Object.keys(world.history)) world.apps[name] = { ...world.apps[name], ...app }
        },
      })),
    ),
  )
}

const leakWithoutRelease: Fault = {
  message: 'memory leaks, and nothing was released',
  world() {
    const world = healthyWorld()
    for (const number of [1, 2]) {
      const lastState = { terminated: { exitCode: 137, reason: 'OOMKilled', finishedAt: iso(NOW - 9) } }
      const name = `orders-h3-${number}`
      world.objects = world.objects.filter(({ metadata }) => metadata.name !== name)
      world.objects.push(
        pod('orders', templateOf('orders'), 3, number, NOW - 86_400, { restartCount: 1, lastState }),
      )
      setCurve(world, 'memory', { pod: `orders-h3-${number}`, container: 'orders' }, time => {
        if (time < AT - 58) return 60 * 2 ** 20
        return time < NOW - 9 ? (60 + (time - AT + 58) * 2.2) * 2 ** 20 : 60 * 2 ** 20
      })
    }
    addAlert(world, 'KubeContainerOOMKilled', { pod: 'orders-h3-1', container: 'orders' }, NOW - 6)
    return world
  },
}

const manualRollout: Fault = {
  message: 'the pod template was changed manually in the cluster',
  world() {
    const slow = SAMPLE_FAULTS.find(({ code }) => code === 'RELEASE_SLOW')
    const world = slow?.world() ?? healthyWorld()
    world.history.orders = world.history.orders?.slice(1) ?? []
    world.commits = world.commits.slice(0, 1).map(start => ({ ...start, app: 'orders' }))
    const changes = [{ path: 'spec.template.spec.containers[orders].image', live: 'b', desired: 'a' }]
    world.diffs.orders = [{ kind: 'Deployment', namespace: NAMESPACE, name: 'orders', changes }]
    return world
  },
}
