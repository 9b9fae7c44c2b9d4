import { AT, CRASHING } from '@goalixa/agents/testing/cases'
import { investigate } from '@goalixa/agents/testing/investigate'
import { NAMESPACE } from '@goalixa/agents/testing/kube'
import { addAlert, addRelease, healthyWorld } from '@goalixa/agents/testing/sample-cluster'
import { expect, test } from 'vitest'
import { subjectOf } from './subject/subject-of.ts'

test.each(['users', 'orders'])(
  'of two workloads that crash in one namespace, the investigation of an alert of kube-state-metrics about %s finds its own cause',
  name => {
    const world = healthyWorld()
    for (const broken of ['users', 'orders'])
      addRelease(
        world,
        broken,
        AT,
        { image: `registry.example/shop/${broken}:1.1.0` },
        { isStuck: true, pod: CRASHING },
      )
    const labels = {
      job: 'kube-state-metrics',
      service: 'monitoring-kube-state-metrics',
      instance: '10.42.9.105:8080',
      container: name,
      pod: `${name}-h4-1`,
      uid: '5629',
    }
    addAlert(world, 'KubePodCrashLooping', labels, AT + 10)
    const { workload } = subjectOf({ ...labels, namespace: NAMESPACE })
    const { verdict } = investigate(world, { service: workload })
    expect(verdict).toMatchObject({ outcome: 'cause', causes: [{ subject: { kind: 'Deployment', name } }] })
    expect(verdict.causes).toHaveLength(1)
  },
)
