import { describe, expect, it } from 'vitest'
import { questionId } from '../snapshot/question-id.ts'
import { investigate } from '../testing/investigate.ts'
import { iso, job, podOf, replicaSet, templateOf } from '../testing/kube.ts'
import { addAlert, healthyWorld, NOW, type World } from '../testing/sample-cluster.ts'

const ended = (exitCode: number, reason: string, at = NOW - 60) => ({
  terminated: { exitCode, reason, finishedAt: iso(at) },
})
const LOOPING = {
  name: 'main',
  ready: false,
  restartCount: 5,
  state: { waiting: { reason: 'CrashLoopBackOff', message: '' } },
  lastState: ended(1, 'Error'),
}

/** The verdict of an alert with these labels in a healthy cluster with one change. */
function verdictOf(labels: Record<string, string>, change: (world: World) => void) {
  const world = healthyWorld()
  change(world)
  addAlert(world, 'KubePodNotReady', labels, NOW - 10)
  return investigate(world).verdict
}

describe('a pod that fails', () => {
  it.each([
    [{ kind: 'Workflow', name: 'nightly' }, 'Workflow nightly'],
    [{ kind: 'StrimziPodSet', name: 'kafka' }, 'StrimziPodSet kafka'],
    [{ kind: 'Node', name: 'node-1' }, 'Pod odd-1'],
    [null, 'Pod odd-1'],
  ])('is explained if %j controls it', (owner, subject) => {
    const verdict = verdictOf({ pod: 'odd-1' }, world => {
      world.objects.push(podOf('odd-1', owner, 'Running', { containerStatuses: [LOOPING] }))
      world.logs[questionId.logs('odd-1', 'main', true)] = ['Error: bad licence']
    })
    expect(verdict.outcome).toBe('cause')
    expect(verdict.causes[0]).toMatchObject({ code: 'PROCESS_CRASHES' })
    expect(`${verdict.causes[0]?.subject.kind} ${verdict.causes[0]?.subject.name}`).toBe(subject)
    expect(verdict.message).toContain('bad licence')
  })

  it('belongs to the Rollout that controls its ReplicaSet, and not to a Deployment of that name', () => {
    const verdict = verdictOf({ pod: 'users-r1-1' }, world => {
      const owned = replicaSet('users', templateOf('users'), 9, NOW - 600, 1, 0)
      owned.metadata.name = 'users-r1'
      owned.metadata.ownerReferences = [{ kind: 'Rollout', name: 'users', controller: true }]
      const owner = { kind: 'ReplicaSet', name: 'users-r1' }
      world.objects.push(owned, podOf('users-r1-1', owner, 'Running', { containerStatuses: [LOOPING] }))
    })
    expect(verdict.causes[0]).toMatchObject({ subject: { kind: 'Rollout', name: 'users' } })
  })

  it('cannot start without a ConfigMap, whoever created it', () => {
    const message = 'configmap "settings" not found'
    const status = { name: 'main', state: { waiting: { reason: 'CreateContainerConfigError', message } } }
    const verdict = verdictOf({ pod: 'odd-1' }, world => {
      world.objects.push(
        podOf('odd-1', { kind: 'Workflow', name: 'w' }, 'Pending', { containerStatuses: [status] }),
      )
    })
    expect(verdict.causes[0]).toMatchObject({ code: 'CONFIG_MISSING' })
  })

  it('of a Job that is still retried is explained for an alert about the Job or its CronJob', () => {
    const running = job('export-1', 'Complete', NOW, { kind: 'CronJob', name: 'export' })
    running.status = { active: 1 }
    const change = (world: World) =>
      void world.objects.push(
        running,
        podOf('export-1-a', { kind: 'Job', name: 'export-1' }, 'Running', { containerStatuses: [LOOPING] }),
      )
    for (const labels of [{ job_name: 'export-1' }, { cronjob: 'export' }] as Record<string, string>[])
      expect(verdictOf(labels, change).causes[0]).toMatchObject({
        subject: { kind: 'Job', name: 'export-1' },
      })
    expect(verdictOf({ service: 'users' }, change).findings.map(({ code }) => code)).not.toContain(
      'CRASH_LOOP',
    )
  })

  it('by its sidecar is explained by the sidecar', () => {
    const sidecar = { ...LOOPING, name: 'proxy', image: 'proxy:1' }
    const verdict = verdictOf({ pod: 'odd-1' }, world => {
      const spec = { initContainers: [{ name: 'proxy', restartPolicy: 'Always' }] }
      const main = { name: 'main', ready: true, state: { running: { startedAt: iso(NOW - 800) } } }
      const status = { initContainerStatuses: [sidecar], containerStatuses: [main] }
      world.objects.push(podOf('odd-1', null, 'Running', status, spec))
    })
    expect(verdict.message).toContain('container proxy of odd-1 exited with code 1')
  })

  it('waits for an init container that never completes', () => {
    const verdict = verdictOf({ pod: 'odd-1' }, world => {
      const wait = { name: 'wait', state: { running: { startedAt: iso(NOW - 1_200) } } }
      const owner = { kind: 'Workflow', name: 'w' }
      world.objects.push(podOf('odd-1', owner, 'Pending', { initContainerStatuses: [wait] }))
      world.logs[questionId.logs('odd-1', 'wait', false)] = ['still no answer of the broker']
    })
    expect(verdict.causes[0]).toMatchObject({ code: 'INIT_CONTAINER_STUCK' })
    expect(verdict.message).toMatch(/has run for 20 minutes.*still no answer of the broker/)
  })

  it('because its process completes and is restarted is explained by exit code 0', () => {
    const completing = { ...LOOPING, lastState: ended(0, 'Completed') }
    const verdict = verdictOf({ pod: 'odd-1' }, world => {
      world.objects.push(podOf('odd-1', null, 'Running', { containerStatuses: [completing] }))
    })
    expect(verdict.message).toContain('container main of odd-1 exited with code 0')
  })
})

describe('what is left of earlier pods', () => {
  const evicted = (name: string, owner: { kind: string; name: string } | null) =>
    podOf(name, owner, 'Failed', {
      reason: 'Evicted',
      message: 'The node was low on resource: memory.',
      containerStatuses: [{ name: 'main', state: ended(137, 'Error') }],
    })

  it.each([
    ['an evicted pod', evicted('users-h3-0', { kind: 'ReplicaSet', name: 'users-h3' })],
    [
      'a completed pod whose sidecar was killed',
      podOf('done-1', { kind: 'Job', name: 'done' }, 'Succeeded', {
        containerStatuses: [
          { name: 'main', state: ended(0, 'Completed') },
          { name: 'proxy', state: ended(255, 'Error') },
        ],
      }),
    ],
    ['a Job that failed yesterday', job('old', 'Failed', NOW - 86_400)],
    [
      'a bare pod that failed yesterday',
      podOf('debug', null, 'Failed', {
        conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: iso(NOW - 86_400) }],
        containerStatuses: [{ name: 'main', state: ended(1, 'Error', NOW - 86_400) }],
      }),
    ],
    [
      'an init container that was killed once and completed since',
      podOf('odd-1', null, 'Running', {
        conditions: [{ type: 'Ready', status: 'True' }],
        initContainerStatuses: [
          {
            name: 'init',
            ready: true,
            restartCount: 1,
            state: ended(0, 'Completed', NOW - 800),
            lastState: ended(137, 'OOMKilled', NOW - 850),
          },
        ],
      }),
    ],
    [
      'a container that people debugged with',
      podOf('odd-1', null, 'Running', {
        conditions: [{ type: 'Ready', status: 'True' }],
        ephemeralContainerStatuses: [{ name: 'debugger-x', state: ended(137, 'Error') }],
      }),
    ],
  ])('is no fault of now: %s', (_what, object) => {
    const verdict = verdictOf({ service: 'users' }, world => void world.objects.push(object))
    expect(verdict.findings.map(({ code }) => code)).toEqual(['ALERT_FIRING'])
  })

  it('is what an alert is about that names it', () => {
    const owner = { kind: 'ReplicaSet', name: 'users-h3' }
    const verdict = verdictOf(
      { pod: 'users-h3-0' },
      world => void world.objects.push(evicted('users-h3-0', owner)),
    )
    expect(verdict.causes[0]).toMatchObject({
      code: 'POD_EVICTED',
      subject: { kind: 'Pod', name: 'users-h3-0' },
    })
    expect(verdict.message).toMatch(/low on resource: memory.*Deployment users has 2 of 2 pods ready/)
  })

  it('is named with the later run of its CronJob that completed', () => {
    const owner = { kind: 'CronJob', name: 'export' }
    const verdict = verdictOf({ job_name: 'export-1' }, world => {
      world.objects.push(
        job('export-1', 'Failed', NOW - 7_200, owner),
        job('export-2', 'Complete', NOW - 600, owner),
      )
    })
    expect(verdict.causes[0]).toMatchObject({ code: 'JOB_FAILED' })
    expect(verdict.message).toContain('a later run, Job export-2, completed')
  })
})
