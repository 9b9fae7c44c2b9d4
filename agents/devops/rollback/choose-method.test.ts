import { describe, expect, it } from 'vitest'
import { NAMESPACE } from '../../testing/kube.ts'
import type { World } from '../../testing/sample-cluster.ts'
import { choose } from '../testing/choose.ts'
import { slowRelease } from '../testing/slow-release.ts'

/** What of the undo decides when it is taken. */
const undoOf = (world: World) => {
  const undo = choose(world).proposal?.undo
  return undo && 'steps' in undo ? undo.steps.map(({ args: _, message: __, ...rest }) => rest) : undo
}
const toolsOf = (world: World) => choose(world).proposal?.steps.map(step => step.tool)

describe('the method of a rollback', () => {
  it('is a revert in Git where a merge is fast', () => {
    const { proposal } = choose(slowRelease())
    expect(proposal?.steps.map(step => step.tool)).toEqual([
      'forge_open_revert',
      'forge_merge_revert',
      'delivery_refresh_app',
    ])
    expect(proposal).toMatchObject({
      risk: 'R3',
      target: { kind: 'Deployment', name: 'orders', app: 'orders', repo: 'git.example/shop/deploy' },
      steps: [
        { args: { repo: 'git.example/shop/deploy', branch: 'main', sha: expect.stringMatching(/^c+1$/) } },
        {},
        {},
      ],
    })
    expect(proposal?.preconditions.map(precondition => precondition.path)).toEqual([
      'object.metadata.generation',
      'history.0.id',
      'commits.0.sha',
      'isOperating',
      'canSync',
    ])
    expect(proposal?.verification).toMatchObject({ forSeconds: 6, withinSeconds: 90 })
  })

  it('undoes a merged revert by reverting its merge, and an open one by closing it', () => {
    expect(undoOf(slowRelease())).toEqual([
      { tool: 'forge_open_revert', undoes: 2, from: { sha: { step: 2, path: 'sha' } } },
      { tool: 'forge_merge_revert', undoes: 2, from: { sha: { step: 2, path: 'sha' } } },
      { tool: 'delivery_refresh_app', undoes: 2 },
      {
        tool: 'forge_close_revert',
        undoes: 1,
        unless: 2,
        from: {
          number: { step: 1, path: 'number' },
          branch: { step: 1, path: 'branch' },
          sha: { step: 1, path: 'sha' },
        },
      },
    ])
  })

  it('undoes a rollback in Argo CD step by step, last step first, and restores auto-sync', () => {
    const world = slowRelease()
    world.rules.requiredChecks = ['ci']
    const restore = { automated: { step: 1, path: 'before' }, leftBy: { step: 1, path: 'mark' } }
    expect(undoOf(world)).toMatchObject([
      { tool: 'forge_close_revert', undoes: 3 },
      { tool: 'delivery_rollback_app', undoes: 2 },
      { tool: 'delivery_set_auto_sync', undoes: 1, from: restore },
    ])
    const { proposal } = choose(world)
    expect(proposal?.undo).toMatchObject({ steps: [{}, { args: { id: 4 } }, {}] })
    expect(proposal?.pendingRevert).toMatchObject({
      app: 'orders',
      repo: 'git.example/shop/deploy',
      pause: 1,
      revert: 3,
      step: { tool: 'delivery_set_auto_sync', from: restore },
    })
  })

  it('ends with the open pull request where the branch requires reviews and Argo CD cannot roll back', () => {
    const world = slowRelease()
    world.rules.requiredReviews = 2
    world.apps.orders = { parent: 'ApplicationSet/all' }
    const { proposal } = choose(world)
    expect(proposal?.steps.map(step => step.tool)).toEqual(['forge_open_revert'])
    expect(proposal?.handoff).toContain('needs 2 reviews')
    expect(proposal?.pendingRevert).toMatchObject({ revert: 1, step: { tool: 'delivery_refresh_app' } })
    expect(undoOf(world)).toMatchObject([{ tool: 'forge_close_revert', undoes: 1 }])
    expect(proposal?.message).toContain('for people to review and merge')
  })

  it('waits for the checks of the branch where Argo CD cannot roll back', () => {
    const world = slowRelease()
    world.rules.requiredChecks = ['ci']
    world.canSync = false
    const { proposal } = choose(world)
    expect(proposal?.handoff).toBeUndefined()
    expect(proposal?.steps[1]).toMatchObject({
      tool: 'forge_merge_revert',
      args: { withinSeconds: 120 },
      message: 'Merge the pull request as soon as its checks pass.',
    })
  })

  it('is the deploy system’s own rollback with the revert behind it where the branch requires reviews', () => {
    const world = slowRelease()
    world.rules.requiredReviews = 2
    const { proposal } = choose(world)
    expect(proposal?.steps.map(step => step.tool)).toEqual([
      'delivery_set_auto_sync',
      'delivery_rollback_app',
      'forge_open_revert',
    ])
    expect(proposal?.steps[1]?.args).toMatchObject({ id: 3, content: expect.any(String) })
    expect(proposal?.rejected).toContainEqual({ method: 'git-revert', why: 'the branch requires 2 reviews' })
    expect(proposal?.warnings.join()).toContain('Auto-sync of orders stays off')
  })

  it('goes back past deployments of the same content, and not past the same commit with other parameters', () => {
    const world = slowRelease()
    world.apps.orders = { automated: null }
    const [release, previous] = world.history.orders ?? []
    if (release === undefined || previous === undefined) throw new Error('expected two deployments')
    const again = { ...release, id: release.id - 0.5 }
    const rollback = () =>
      choose(world).proposal?.steps.find(({ tool }) => tool === 'delivery_rollback_app')?.args
    world.history.orders = [{ ...release, content: 'y' }, { ...again, content: 'x' }, previous]
    expect(rollback()).toMatchObject({ id: again.id, content: 'x' })
    world.history.orders = [{ ...release, content: 'y' }, { ...again, content: 'y' }, previous]
    expect(rollback()).toMatchObject({ id: previous.id })
  })

  it('is Git only where a parent would reset the application, or a sync window forbids it', () => {
    const parented = slowRelease()
    parented.rules.requiredReviews = 1
    parented.apps.orders = { parent: 'ApplicationSet/all' }
    const closed = slowRelease()
    closed.rules.requiredReviews = 1
    closed.canSync = false
    expect(toolsOf(parented)?.[0]).toBe('forge_open_revert')
    expect(toolsOf(closed)?.[0]).toBe('forge_open_revert')
    expect(choose(closed).proposal?.warnings.join()).toContain('sync window')
  })

  it('rolls back in Argo CD where syncs are manual, and warns that hooks do not run', () => {
    const world = slowRelease()
    world.apps.orders = { automated: null, hasHooks: true }
    const { proposal } = choose(world)
    expect(proposal?.method).toBe('delivery-rollback')
    expect(proposal?.steps.map(step => step.tool)).toEqual(['delivery_rollback_app', 'forge_open_revert'])
    expect(proposal?.warnings.join()).toContain('does not run sync hooks')
  })

  it('names no commit where a sync deployed several, and warns that Git still contains the release', () => {
    const world = slowRelease()
    world.apps.orders = { automated: null }
    const files = [
      { path: 'apps/orders/b.yaml', status: 'modified', patch: '@@ -1 +1 @@\n-image: a\n+image: c' },
    ]
    world.commits.push({ sha: 'd'.repeat(40), message: 'Second', app: 'orders', files })
    const [newest] = world.history.orders ?? []
    if (newest) newest.revision = 'd'.repeat(40)
    const { proposal } = choose(world)
    expect(proposal?.steps.map(step => step.tool)).toEqual(['delivery_rollback_app'])
    expect(`${proposal?.message} ${proposal?.warnings.join(' ')}`).not.toContain('undefined')
    expect(proposal?.warnings.join()).toContain('Git still contains the release')
  })

  it('is a revert with a warning where hooks would run again', () => {
    const world = slowRelease()
    world.apps.orders = { hasHooks: true }
    expect(choose(world).proposal).toMatchObject({
      method: 'git-revert',
      warnings: expect.arrayContaining([expect.stringContaining('hooks of the previous version')]),
    })
  })

  it('is rollout undo where no GitOps manages the workload', () => {
    const world = slowRelease()
    world.history = {}
    const { proposal } = choose(world)
    expect(proposal).toMatchObject({
      method: 'rollout-undo',
      steps: [{ args: { namespace: NAMESPACE, name: 'orders', toRevision: 3, generation: 4 } }],
      undo: { steps: [{ args: { toRevision: 4, generation: 5 } }] },
    })
  })

  it('is left to people where the cluster does not allow Syntra to change the workload', () => {
    const world = slowRelease()
    world.history = {}
    world.mayPatch = false
    expect(choose(world)).toMatchObject({
      proposal: null,
      message: expect.stringContaining('the cluster does not allow Syntra to change it'),
    })
  })

  it('reverts the commit that touched what failed, of several in one sync', () => {
    const world = slowRelease('-          image: a\n+          image: b')
    world.commits.push({
      sha: 'd'.repeat(40),
      message: 'Explain',
      app: 'orders',
      files: [{ path: 'apps/orders/README.md', status: 'modified', patch: '@@ -1 +1 @@\n-hallo\n+hello' }],
    })
    const [newest] = world.history.orders ?? []
    if (newest) newest.revision = 'd'.repeat(40)
    expect(choose(world).proposal?.steps[0]?.args.sha).toMatch(/^c+1$/)
  })
})
