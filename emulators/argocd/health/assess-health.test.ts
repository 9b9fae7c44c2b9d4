import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../cluster/kube-object.ts'
import { assessHealth } from './assess-health.ts'
import { worstHealth } from './worst-health.ts'

const object = (apiVersion: string, kind: string, fields: object): KubeObject => ({
  apiVersion,
  kind,
  ...fields,
  metadata: { name: 'x', generation: 2, ...(fields as { metadata?: object }).metadata },
})
const deployment = (status: object, spec: object = { replicas: 2 }) =>
  object('apps/v1', 'Deployment', { spec, status: { observedGeneration: 2, ...status } })
const pod = (status: object) => object('v1', 'Pod', { spec: { restartPolicy: 'Always' }, status })
const ready = { replicas: 2, updatedReplicas: 2, availableReplicas: 2 }
const late = { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }

describe('health', () => {
  it.each([
    ['all replicas available', deployment(ready), 'Healthy'],
    ['a spec not yet observed', deployment({ ...ready, observedGeneration: 1 }), 'Progressing'],
    ['old replicas left', deployment({ ...ready, replicas: 3 }), 'Progressing'],
    ['an unavailable replica', deployment({ ...ready, availableReplicas: 1 }), 'Progressing'],
    ['a missed deadline', deployment({ ...ready, availableReplicas: 1, conditions: [late] }), 'Degraded'],
    ['a pause', deployment(ready, { replicas: 2, paused: true }), 'Suspended'],
  ])('of a Deployment with %s', (_case, live, expected) => {
    expect(assessHealth(live)?.status).toBe(expected)
  })

  it('of a Pod distinguishes a crash loop from a normal start', () => {
    const waiting = { reason: 'CrashLoopBackOff', message: 'back-off 40s' }
    expect(
      assessHealth(pod({ phase: 'Running', containerStatuses: [{ name: 'a', state: { waiting } }] })),
    ).toEqual({
      status: 'Degraded',
      message: 'back-off 40s',
    })
    expect(assessHealth(pod({ phase: 'Pending' }))?.status).toBe('Progressing')
    const conditions = [{ type: 'Ready', status: 'True' }]
    expect(assessHealth(pod({ phase: 'Running', conditions }))?.status).toBe('Healthy')
  })

  it('is assessed for a Job, an Ingress, a claim and an autoscaler', () => {
    const failed = [{ type: 'Failed', status: 'True', message: 'backoff limit' }]
    expect(assessHealth(object('batch/v1', 'Job', { status: { conditions: failed } }))).toEqual({
      status: 'Degraded',
      message: 'backoff limit',
    })
    expect(assessHealth(object('networking.k8s.io/v1', 'Ingress', {}))?.status).toBe('Progressing')
    expect(assessHealth(object('v1', 'PersistentVolumeClaim', { status: { phase: 'Lost' } }))?.status).toBe(
      'Degraded',
    )
    const conditions = [{ type: 'ScalingActive', status: 'False', reason: 'FailedGetResourceMetric' }]
    const scaler = object('autoscaling/v2', 'HorizontalPodAutoscaler', { status: { conditions } })
    expect(assessHealth(scaler)?.status).toBe('Degraded')
  })

  it('is null for a ConfigMap, and aggregates to the worst', () => {
    expect(assessHealth(object('v1', 'ConfigMap', {}))).toBeNull()
    expect(worstHealth(['Healthy', 'Missing', 'Progressing'])).toBe('Missing')
    expect(worstHealth([])).toBe('Healthy')
  })
})
