import { describe, expect, it } from 'vitest'
import { reviewProposal } from '../reviewer/review-proposal.ts'
import { questionId } from '../snapshot/question-id.ts'
import { AT, CRASHING } from '../testing/cases.ts'
import { investigate } from '../testing/investigate.ts'
import { deployment, pod, replicaSet, templateOf } from '../testing/kube.ts'
import { addAlert, addRelease, healthyWorld, NOW, type World } from '../testing/sample-cluster.ts'

/** Two Deployments of one chart with the same label, both just rolled out: the first crashes, the second is healthy. */
function oneChart(): World {
  const world = healthyWorld()
  const labels = { 'app.kubernetes.io/name': 'web' }
  const old = { ...templateOf('web', { image: 'registry.example/web:1' }), labels }
  const template = { ...templateOf('web', { image: 'registry.example/web:2' }), labels }
  for (const [name, revision, at, isBad] of [
    ['web-api', 4, AT - 5, true],
    ['web-worker', 9, AT - 4, false],
  ] as const)
    world.objects.push(
      deployment(name, template, { at, revision, ready: isBad ? 0 : 2 }),
      replicaSet(name, old, revision - 1, NOW - 86_400, 0),
      replicaSet(name, template, revision, at, 2, isBad ? 0 : 2),
      pod(name, template, revision, 1, at, isBad ? CRASHING : {}),
      pod(name, template, revision, 2, at, isBad ? CRASHING : {}),
    )
  addAlert(world, 'DeploymentReplicasMissing', { deployment: 'web-api' }, NOW - 10)
  return world
}

describe('the contributing change of a cause', () => {
  it('is the rollout of the failing workload, not of another one with the same label', () => {
    const { verdict, choice } = investigate(oneChart())
    expect(verdict.causes[0]).toMatchObject({ subject: { name: 'web-api' }, change: { from: '3', to: '4' } })
    expect(choice.proposal).toMatchObject({
      method: 'rollout-undo',
      steps: [{ args: { name: 'web-api', toRevision: 3 } }],
    })
  })

  it('is null where only another workload with the same label was rolled out', () => {
    const world = oneChart()
    world.objects = world.objects.filter(object => object.metadata.name !== 'web-api-h3')
    const { verdict, choice } = investigate(world)
    expect(verdict.causes[0]).toMatchObject({ subject: { name: 'web-api' }, change: null })
    expect(choice.proposal).toBeNull()
  })

  it('is an objection to a proposal that restores the revision of another workload', () => {
    const { verdict, choice, snapshot } = investigate(oneChart())
    const { proposal } = choice
    if (proposal === null) throw new Error(choice.message)
    const steps = proposal.steps.map(step => ({ ...step, args: { ...step.args, toRevision: 8 } }))
    const review = reviewProposal({ proposal: { ...proposal, steps }, verdict, snapshot })
    expect(review.objections.map(objection => objection.code)).toEqual(['OTHER_REVISION'])
  })
})

describe('a process that demands a variable', () => {
  const demanding = (container: Record<string, unknown>) => {
    const world = healthyWorld()
    addRelease(world, 'users', AT, container, { isStuck: true, pod: CRASHING })
    delete world.history.users
    world.logs[questionId.logs('users-h4-1', 'users', true)] = ['Error: REDIS_DSN is required since 1.8']
    addAlert(world, 'KubePodCrashLooping', { pod: 'users-h4-1', container: 'users' }, NOW - 10)
    return investigate(world).verdict.causes[0]
  }

  it('does so since the release that changed its image', () => {
    const cause = demanding({ image: 'registry.example/shop/users:1.8.0' })
    expect(cause).toMatchObject({ code: 'CONFIG_KEY_MISSING', change: { kind: 'rollout', to: '4' } })
  })

  it('does not because of a changed field that has nothing to do with it, whatever its value is', () => {
    expect(demanding({ workingDir: '/data/config' })).toMatchObject({
      code: 'CONFIG_KEY_MISSING',
      change: null,
    })
  })
})
