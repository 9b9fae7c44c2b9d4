import { boundText } from '@goalixa/chassis/bound-text'
import type { Alert } from './alert.ts'
import { isOutOfReach } from './is-out-of-reach.ts'

/**
 * Labels that name a failure domain, narrowest first, each with the noun that people use. Deliberately absent are labels that unrelated alerts share
 * (`alertname`, `severity`, `job`, `team`, `prometheus`), and `instance`: of most alerts it names the exporter that was scraped.
 */
const NOUNS = {
  node: 'node',
  namespace: 'namespace',
  topology_kubernetes_io_zone: 'zone',
  zone: 'zone',
  topology_kubernetes_io_region: 'region',
  region: 'region',
  cluster: 'cluster',
} as const
export type DomainLabel = keyof typeof NOUNS
export type FailureDomain = { label: DomainLabel; value: string }
export type Domains = Partial<Record<DomainLabel, string>>

type Named = Pick<Alert, 'labels' | 'namespace' | 'subject'>

export const DOMAIN_LABELS = Object.keys(NOUNS) as DomainLabel[]

/**
 * The failure domains that an alert's labels name. Namespace and cluster are those of its subject: an exporter adds its own
 * namespace, and the label that names the cluster can be set. Of a cluster out
 * of reach only the cluster itself is one: nodes and namespaces of two clusters may have the same name.
 */
export function domainsOf({ labels, namespace, subject }: Named, served: string | null): Domains {
  if (isOutOfReach(subject, served)) return subject.cluster === null ? {} : { cluster: subject.cluster }
  const named = DOMAIN_LABELS.flatMap(label => {
    const value = valueOfLabel(label)
    return value ? [[label, boundText(value, 253)]] : []
  })
  return Object.fromEntries(named)

  function valueOfLabel(label: DomainLabel): string | null | undefined {
    if (label === 'namespace') return namespace
    return label === 'cluster' ? subject.cluster : labels[label]
  }
}

/** For example `node worker-3`. */
export function describeDomain({ label, value }: FailureDomain): string {
  return `${NOUNS[label]} ${value}`
}
