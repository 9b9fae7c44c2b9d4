import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { subjectOf } from '@goalixa/syntra/alerts/subject/subject-of'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { ROOT } from './source-files.ts'

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

const folder = join(ROOT, 'k8s/monitoring/rules')
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
