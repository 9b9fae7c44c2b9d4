import type { Log } from '@goalixa/chassis/log'
import type { KubernetesClient } from '@goalixa/emulators-shared/kubernetes/create-kubernetes-client'
import type { Metadata } from '@goalixa/emulators-shared/kubernetes/objects'
import { watchObjects } from '@goalixa/emulators-shared/kubernetes/watch-objects'
import type { MetricFamily } from '@goalixa/emulators-shared/prometheus/format-metrics'
import {
  endpointSliceFamilies,
  endpointsFamilies,
  ingressFamilies,
  nodeFamilies,
  serviceFamilies,
} from './families/cluster.ts'
import { deploymentFamilies } from './families/deployments.ts'
import { podFamilies } from './families/pods.ts'
import {
  autoscalerFamilies,
  jobFamilies,
  replicaSetFamilies,
  statefulSetFamilies,
} from './families/workloads.ts'
import { collect, type Family } from './family.ts'

type Deps = { client: KubernetesClient; log: Log }

/** Watches every kind that has metrics. To add one: a line here, and its families beside the others. */
export function watchedKinds(deps: Deps) {
  return [
    watched(deps, '/api/v1/pods', podFamilies),
    watched(deps, '/api/v1/nodes', nodeFamilies),
    watched(deps, '/api/v1/services', serviceFamilies),
    watched(deps, '/api/v1/endpoints', endpointsFamilies),
    watched(deps, '/apis/discovery.k8s.io/v1/endpointslices', endpointSliceFamilies),
    watched(deps, '/apis/apps/v1/deployments', deploymentFamilies),
    watched(deps, '/apis/apps/v1/replicasets', replicaSetFamilies),
    watched(deps, '/apis/apps/v1/statefulsets', statefulSetFamilies),
    watched(deps, '/apis/batch/v1/jobs', jobFamilies),
    watched(deps, '/apis/autoscaling/v2/horizontalpodautoscalers', autoscalerFamilies),
    watched(deps, '/apis/networking.k8s.io/v1/ingresses', ingressFamilies),
  ]
}

function watched<T extends { metadata: Metadata }>(
  { client, log }: Deps,
  path: string,
  families: Family<T>[],
) {
  const watcher = watchObjects<T>({ client, log, path })
  return {
    start: watcher.start,
    stop: watcher.stop,
    families(): MetricFamily[] {
      const objects = watcher.list()
      return families.map(family => collect(family, objects))
    },
  }
}
