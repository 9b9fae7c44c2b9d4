import { allTools } from '@goalixa/tools/catalog'
import { apiVersionOf, Kind, pathOf } from '@goalixa/tools/kubernetes/kinds'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { admits } from './admits.ts'
import { ofKind, rendered } from './rendered.ts'
import { admittedChanges, rejectedChanges, workloadBefore } from './workload-changes.ts'

const objects = rendered('syntra')
const Rule = z.looseObject({
  apiGroups: z.array(z.string()),
  resources: z.array(z.string()),
  verbs: z.array(z.string()),
})
const Rights = z.looseObject({
  metadata: z.looseObject({ namespace: z.string().optional() }),
  rules: z.array(Rule),
})

// The rights that each cluster tool needs, as `group/resource verb`. A new tool must be added here and to the roles.
const workloads = ['daemonsets', 'deployments', 'statefulsets'].map(resource => `apps/${resource} patch`)
const needs: Record<string, string[]> = {
  kubernetes_list_objects: everyKind('list'),
  kubernetes_get_object: everyKind('get'),
  kubernetes_can_i: ['authorization.k8s.io/selfsubjectaccessreviews create'],
  kubernetes_list_events: ['/events list'],
  kubernetes_read_logs: ['/pods/log get'],
  kubernetes_rollout_history: ['apps/deployments get', 'apps/replicasets list'],
  kubernetes_list_pod_metrics: ['metrics.k8s.io/pods list'],
  kubernetes_undo_rollout: ['apps/deployments get', 'apps/replicasets list', 'apps/deployments patch'],
  kubernetes_restart_workload: workloads,
  kubernetes_scale_workload: ['apps/deployments patch', 'apps/statefulsets patch'],
}

describe('rights on the cluster', () => {
  it('are listed for every tool that uses the cluster', () => {
    const tools = allTools.map(tool => tool.name).filter(name => name.startsWith('kubernetes_'))
    expect(Object.keys(needs).toSorted()).toEqual(tools.toSorted())
  })

  it('let the reader read what the tools read and nothing else, never Secrets', () => {
    const wanted = new Set(
      Object.values(needs)
        .flat()
        .filter(right => !right.endsWith(' patch')),
    )
    expect(grantedBy('ClusterRole').toSorted()).toEqual([...wanted].toSorted())
    expect(grantedBy('ClusterRole').join()).not.toMatch(/secrets|exec|watch|\*/)
  })

  it('let the actor patch workloads of staging and nothing else', () => {
    const wanted = new Set(
      Object.values(needs)
        .flat()
        .filter(right => right.endsWith(' patch')),
    )
    expect(grantedBy('Role').toSorted()).toEqual([...wanted].toSorted())
    expect(ofKind(objects, 'Role', Rights).map(role => role.metadata.namespace)).toEqual(['goalixa-staging'])
  })

  it('are the same in production, if its component is installed', () => {
    const Component = z.object({ rules: z.array(Rule) })
    const [staging] = ofKind(objects, 'Role', Component)
    const component = rendered('syntra/actor-production')
    const [production] = ofKind(component, 'Role', Component)
    expect(production).toEqual(staging)
    expect(new Set(component.map(object => object.metadata.namespace))).toEqual(
      new Set(['goalixa-production']),
    )
  })

  it('belong to the worker only', () => {
    const Binding = z.looseObject({ subjects: z.array(z.unknown()) })
    const bindings = ['ClusterRoleBinding', 'RoleBinding'].flatMap(kind => ofKind(objects, kind, Binding))
    const worker = { kind: 'ServiceAccount', name: 'syntra-worker', namespace: 'syntra' }
    expect(bindings.map(binding => binding.subjects)).toEqual([[worker], [worker]])
  })
})

describe('a change of a workload by the actor', () => {
  const message = (object: object) => admits(objects, { object, oldObject: workloadBefore })

  it.each(admittedChanges)('is admitted for %s', (_what, object) => {
    expect(message(object)).toEqual([])
  })

  it.each(rejectedChanges)('is rejected for %s', (_what, object) => {
    expect(message(object)).not.toEqual([])
  })
})

function everyKind(verb: string): string[] {
  return Kind.options
    .filter(kind => kind !== 'Secret')
    .map(kind => {
      const [group = ''] = apiVersionOf(kind).includes('/') ? apiVersionOf(kind).split('/') : ['']
      return `${group}/${pathOf(kind, null).split('/').at(-1)} ${verb}`
    })
}

function grantedBy(kind: 'ClusterRole' | 'Role'): string[] {
  return ofKind(objects, kind, Rights).flatMap(({ rules }) =>
    rules.flatMap(({ apiGroups, resources, verbs }) =>
      apiGroups.flatMap(group =>
        resources.flatMap(resource => verbs.map(verb => `${group}/${resource} ${verb}`)),
      ),
    ),
  )
}
