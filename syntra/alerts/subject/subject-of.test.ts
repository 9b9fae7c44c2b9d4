import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { shippedAlerts } from './shipped-alerts.ts'
import type { Subject } from './subject.ts'
import { subjectOf } from './subject-of.ts'

/** For example `Pod shop/cart-7d5c9b8f66-xk7pq cart of cart`: kind, namespace, name, container and workload. */
function inWords({ kind, namespace, name, container, workload }: Subject): string {
  const place = kind === 'Namespace' ? name : [namespace, name].filter(Boolean).join('/')
  return [kind, place, container, workload && `of ${workload}`].filter(Boolean).join(' ')
}

test('the table holds at least 120 alerts', () => {
  expect(shippedAlerts.length).toBeGreaterThanOrEqual(120)
})

test.each(shippedAlerts)('$alert is about $subject', ({ labels, subject }) => {
  expect(inWords(subjectOf(labels))).toBe(subject)
})

// Labels of the pods that k8s/monitoring/prometheus.yaml scrapes, and of kube-state-metrics.
const POD = {
  namespace: 'shop',
  pod: 'core-7d5c9b8f66-xk7pq',
  service: 'core',
  instance: '10.1.2.3:80',
  job: 'pods',
}
const STATE = { job: 'kube-state-metrics', instance: '10.1.2.4:8080', namespace: 'shop' }
const VALUES: Record<string, string> = {
  namespace: 'shop',
  pod: 'core-7d5c9b8f66-xk7pq',
  container: 'core',
  deployment: 'core',
  service: 'core',
  endpoint: 'core',
  dependency: 'postgres',
  tool: 'kubernetes_list_pods',
  lane: 'critical',
}

/** The labels that an expression lets through: those of its outermost `by`, else all of its first series. */
function labelsOf(expr: string): Record<string, string> {
  const text = expr.replace(/\s+/g, ' ').trim()
  const replaced = /^label_replace\(.*, "(\w+)", "\$1", "\w+", "[^"]*" ?\)$/.exec(text)
  const aggregated =
    /^[( ]*(?:label_replace\( ?|histogram_quantile\([\d.]+, )?(?:sum|min|max|count) by \(([^)]*)\)/.exec(text)
  if (aggregated) {
    const by = (aggregated[1] ?? '')
      .split(',')
      .map(name => name.trim())
      .filter(name => name !== 'le')
    const names = replaced?.[1] ? [...by, replaced[1]] : by
    return Object.fromEntries(names.map(name => [name, VALUES[name] ?? name]))
  }
  if (/^(?:max|sum)\(/.test(text)) return {}
  if (text.startsWith('up{')) return POD
  const object = /kube_(pod|deployment)_/.exec(text)?.[1]
  if (object === 'deployment') return { ...STATE, deployment: 'core' }
  if (object === 'pod') return { ...STATE, pod: POD.pod, container: 'core' }
  throw new Error(`${text}: which labels the expression lets through is unknown; add its form here.`)
}

const folder = join(import.meta.dirname, '../../../k8s/monitoring/rules')
type Rule = { alert: string; expr: string; labels?: Record<string, string> }
const ownRules: Rule[] = readdirSync(folder).flatMap(file =>
  parse(readFileSync(join(folder, file), 'utf8')).groups.flatMap((group: { rules: Rule[] }) => group.rules),
)

test.each(ownRules)(
  '$alert of this repository is about a workload, never about what was scraped',
  ({ alert, expr, labels }) => {
    const subject = subjectOf({ alertname: alert, ...labelsOf(expr), ...labels })
    const isOwn = alert.startsWith('Syntra')
    expect(subject).toMatchObject({ workload: isOwn ? 'syntra' : 'core', namespace: isOwn ? null : 'shop' })
    expect(['Deployment', 'Pod', 'Service']).toContain(subject.kind)
  },
)

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
    'Target monitoring/blackbox-exporter of blackbox-exporter',
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
