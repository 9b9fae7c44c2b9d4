import { CLUSTER_LABELS } from '@goalixa/agents/snapshot/alert-labels'
import { expect, test } from 'vitest'
import { shippedAlerts } from '../../testing/shipped-alerts.ts'
import type { Subject } from './subject.ts'
import { subjectOf } from './subject-of.ts'

/** For example `Pod shop/cart-7d5c9b8f66-xk7pq cart of cart`: kind, namespace, name, container and workload. */
function inWords({ kind, namespace, name, container, workload }: Subject): string {
  const place = kind === 'Namespace' ? name : [namespace, name].filter(Boolean).join('/')
  return [kind, place, container, workload && `of ${workload}`].filter(Boolean).join(' ')
}

test('the table holds at least 150 alerts of different names', () => {
  expect(new Set(shippedAlerts.map(({ alert }) => alert)).size).toBeGreaterThanOrEqual(150)
})

test.each(shippedAlerts)('$alert of $mixin is about $subject', ({ labels, subject }) => {
  expect(inWords(subjectOf(labels))).toBe(subject)
})

test.each(CLUSTER_LABELS)('a label %s changes nothing but the cluster', label => {
  for (const { labels, subject } of shippedAlerts) {
    const inCluster = subjectOf({ ...labels, [label]: 'eu-1' })
    expect([inWords(inCluster), inCluster.cluster]).toEqual([subject, 'eu-1'])
  }
})

test.each([
  [
    'honor_labels: false',
    {
      exported_namespace: 'shop',
      exported_pod: 'cart-7d5c9b8f66-xk7pq',
      exported_container: 'cart',
      namespace: 'monitoring',
      pod: 'ksm-6c8f5d7b9-x2k4q',
      container: 'main',
      service: 'ksm',
      job: 'state',
    },
    'Pod shop/cart-7d5c9b8f66-xk7pq cart of cart',
  ],
  [
    'only a namespace of its own beside the object',
    { exported_namespace: 'shop', deployment: 'cart', namespace: 'monitoring', pod: 'ksm-6c8f5d7b9-x2k4q' },
    'Deployment shop/cart of cart',
  ],
  [
    'a path and a job of the application itself',
    {
      exported_endpoint: '/api',
      exported_job: 'SendMail',
      exported_instance: 'a',
      endpoint: 'http',
      job: 'core',
      service: 'core',
      pod: 'core-7d5c9b8f66-xk7pq',
      container: 'core',
      namespace: 'shop',
    },
    'Pod shop/core-7d5c9b8f66-xk7pq core of core',
  ],
  [
    'a push of a batch job',
    { exported_job: 'nightly', job: 'pushgateway', instance: '10.1.1.1:9091', namespace: 'monitoring' },
    'Target monitoring/nightly',
  ],
  [
    'a probe of a Service by its name in DNS',
    {
      job: 'blackbox',
      instance: 'http://checkout.shop.svc.cluster.local:8080/health',
      namespace: 'monitoring',
    },
    'Service shop/checkout of checkout',
  ],
  [
    'a probe of a site',
    {
      job: 'blackbox-exporter',
      service: 'blackbox-exporter',
      instance: 'https://shop.example',
      namespace: 'monitoring',
    },
    'Target https://shop.example',
  ],
  [
    'a probe of an Ingress',
    { job: 'blackbox', instance: 'https://shop.example', namespace: 'shop', ingress: 'front' },
    'Ingress shop/front',
  ],
  [
    'a Certificate of cert-manager',
    {
      job: 'cert-manager',
      service: 'cert-manager',
      pod: 'cert-manager-7d5c9b8f66-xk7pq',
      container: 'cert-manager',
      namespace: 'cert-manager',
      exported_namespace: 'shop',
      name: 'shop-tls',
      issuer_name: 'le',
      issuer_kind: 'ClusterIssuer',
    },
    'Certificate shop/shop-tls',
  ],
  [
    'what cert-manager aggregates away',
    { namespace: 'cert-manager', exported_namespace: 'shop', name: 'shop-tls', condition: 'False' },
    'Certificate shop/shop-tls',
  ],
  [
    'an object that external-secrets calls by the same labels as a Certificate',
    {
      job: 'external-secrets',
      service: 'external-secrets',
      namespace: 'external-secrets',
      exported_namespace: 'shop',
      name: 'db',
    },
    'Namespace shop',
  ],
  [
    'an object of Flux',
    { namespace: 'flux-system', exported_namespace: 'shop', name: 'shop', kind: 'Kustomization' },
    'Namespace shop',
  ],
  [
    'an EndpointSlice',
    {
      job: 'kube-state-metrics',
      service: 'ksm',
      pod: 'ksm-0',
      namespace: 'shop',
      endpointslice: 'checkout-x7k2p',
    },
    'Service shop/checkout of checkout',
  ],
  [
    'a proxy in front of the metrics of an application',
    {
      job: 'core',
      service: 'core',
      namespace: 'shop',
      pod: 'core-7d5c9b8f66-xk7pq',
      container: 'kube-rbac-proxy',
    },
    'Pod shop/core-7d5c9b8f66-xk7pq of core',
  ],
  [
    'a proxy that crashes',
    {
      job: 'kube-state-metrics',
      uid: '5',
      namespace: 'shop',
      pod: 'core-7d5c9b8f66-xk7pq',
      container: 'kube-rbac-proxy',
    },
    'Pod shop/core-7d5c9b8f66-xk7pq kube-rbac-proxy of core',
  ],
  [
    'only the container in front of the metrics',
    { namespace: 'shop', container: 'kube-rbac-proxy-main' },
    'Namespace shop',
  ],
  [
    'an exporter beside its database',
    {
      job: 'pg',
      service: 'pg-exporter',
      pod: 'postgres-0',
      container: 'postgres-exporter',
      namespace: 'data',
    },
    'Pod data/postgres-0 of postgres',
  ],
  [
    'the uid that kube-state-metrics gives a pod',
    {
      uid: '5629',
      job: 'infra',
      service: 'infra-metrics',
      pod: 'cart-7d5c9b8f66-xk7pq',
      container: 'cart',
      namespace: 'shop',
    },
    'Pod shop/cart-7d5c9b8f66-xk7pq cart of cart',
  ],
  [
    'a Service of another name than its pod',
    { job: 'web', service: 'storefront', pod: 'web-7d5c9b8f66-xk7pq', container: 'web', namespace: 'shop' },
    'Pod shop/web-7d5c9b8f66-xk7pq web of storefront',
  ],
  [
    'an exporter that crashes',
    {
      job: 'kube-state-metrics',
      service: 'kps-kube-state-metrics',
      pod: 'kps-kube-state-metrics-6c8f5d7b9-x2k4q',
      container: 'kube-state-metrics',
      namespace: 'monitoring',
      reason: 'CrashLoopBackOff',
    },
    'Target monitoring/kps-kube-state-metrics of kps-kube-state-metrics',
  ],
  [
    'an application as it is scraped',
    {
      job: 'core',
      service: 'core',
      pod: 'core-7d5c9b8f66-xk7pq',
      container: 'core',
      namespace: 'shop',
      node: 'worker-3',
    },
    'Pod shop/core-7d5c9b8f66-xk7pq core of core',
  ],
  [
    'a Service on a node',
    { service: 'core', node: 'worker-3', namespace: 'shop' },
    'Service shop/core of core',
  ],
])('labels with %s name the subject', (_what, labels: Record<string, string>, subject) => {
  expect(inWords(subjectOf(labels))).toBe(subject)
})

test.each([
  ['cart-7d5c9b8f66-xk7pq', 'cart'],
  ['prometheus-node-exporter-x7k2p', 'prometheus-node-exporter'],
  ['postgres-0', 'postgres'],
  ['report-29169240-x7k2p', 'report'],
  ['indexed-0-x7k2p', 'indexed-0'],
  ['bare', 'bare'],
  ['frontend-proxy', 'frontend-proxy'],
])('the pod %s belongs to %s', (pod, workload) => {
  expect(subjectOf({ pod }).workload).toBe(workload)
})

test('a cluster label of any usual name, or of the configured one, is part of the subject', () => {
  expect(subjectOf({ cluster: 'eu', pod: 'a' }).cluster).toBe('eu')
  expect(subjectOf({ k8s_cluster_name: 'us' }).cluster).toBe('us')
  expect(subjectOf({ cluster: 'eu', site: 'berlin' }, ['site']).cluster).toBe('berlin')
  expect(subjectOf({ pod: 'a' }).cluster).toBeNull()
})
