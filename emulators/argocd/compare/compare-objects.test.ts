import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../cluster/kube-object.ts'
import { LAST_APPLIED } from './annotations.ts'
import { compareObjects, predict } from './compare-objects.ts'

const object = (kind: string, spec: unknown, annotations?: Record<string, string>): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: 'x', namespace: 'n', ...(annotations ? { annotations } : {}) },
  spec,
})
const template = (container: object) => ({
  template: { spec: { containers: [{ name: 'app', ...container }] } },
})
const isSynced = (target: KubeObject, live: KubeObject) => compareObjects([target], [live])[0]?.isSynced

describe('comparing with Git', () => {
  it('ignores defaults, the status and fields of other writers', () => {
    const target = object(
      'Deployment',
      template({ image: 'a:1', ports: [{ containerPort: 80 }], emptyDir: {} }),
    )
    const live = {
      ...object('Deployment', {
        ...template({
          image: 'a:1',
          imagePullPolicy: 'Always',
          ports: [{ containerPort: 80, protocol: 'TCP' }],
        }),
        progressDeadlineSeconds: 600,
      }),
      status: { replicas: 1 },
    }
    expect(isSynced(target, live)).toBe(true)
  })

  it('treats equivalent spellings as equal only in quantities', () => {
    const limits = (cpu: unknown) => object('Deployment', template({ resources: { limits: { cpu } } }))
    expect(isSynced(limits('1000m'), limits('1'))).toBe(true)
    expect(isSynced(limits(0.5), limits('500m'))).toBe(true)
    expect(isSynced(limits('2'), limits('1'))).toBe(false)
    const env = (value: unknown) => object('Deployment', template({ env: [{ name: 'N', value }] }))
    expect(isSynced(env('1000m'), env('1'))).toBe(false)
  })

  it('detects a field that was removed from the manifest, and ignores one that was never in it', () => {
    const env = (...names: string[]) => template({ env: names.map(name => ({ name, value: name })) })
    const last = JSON.stringify(object('Deployment', env('A', 'B')))
    const live = object('Deployment', env('A', 'B', 'INJECTED'), { [LAST_APPLIED]: last })
    const target = object('Deployment', env('A'))
    expect(isSynced(target, live)).toBe(false)
    expect(predict(target, live).spec).toEqual(env('A', 'INJECTED'))
  })

  it('replaces lists without keys as a whole', () => {
    const rules = (...hosts: string[]) => object('Ingress', { rules: hosts.map(host => ({ host })) })
    expect(predict(rules('b'), rules('a', 'b')).spec).toEqual({ rules: [{ host: 'b' }] })
  })

  it('honours the ignoreDifferences of the application', () => {
    const replicas = (count: number) => object('Deployment', { replicas: count })
    const ignored = [{ kind: 'Deployment', jsonPointers: ['/spec/replicas'] }]
    expect(compareObjects([replicas(1)], [replicas(5)], ignored)[0]?.isSynced).toBe(true)
    expect(compareObjects([replicas(1)], [replicas(5)])[0]?.isSynced).toBe(false)
  })
})
