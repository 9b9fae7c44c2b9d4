import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { ROOT } from '../source-files.ts'
import type { Series } from './read-series.ts'

type RuleFile = { groups: { name: string; rules: { alert?: string; labels?: { slo?: string } }[] }[] }

const RULES = join(ROOT, 'k8s/monitoring/rules')
// Longer than the longest window of a rule, one hour.
const INTERVALS = 180

/**
 * Returns the alerts that fire, by the rules in `k8s/monitoring`, if every counter of the services goes on growing as it grew between two
 * scrapes. Rules on latency are left out unless they are wanted: they measure this machine as well.
 */
export function fireAlerts(
  growth: Record<string, { before: Series; after: Series }>,
  { latency = false } = {},
): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'hostile-alerts-'))
  try {
    const rules = join(folder, 'rules.yaml')
    writeFileSync(rules, stringify({ groups: chooseRules(latency) }))
    const query = { expr: 'count by (alertname) (ALERTS)', eval_time: '80m', exp_samples: [] }
    writeFileSync(
      join(folder, 'test.yaml'),
      stringify({
        rule_files: [rules],
        evaluation_interval: '30s',
        tests: [{ interval: '30s', input_series: inputOf(growth), promql_expr_test: [query] }],
      }),
    )
    execFileSync('promtool', ['test', 'rules', join(folder, 'test.yaml')], { stdio: 'pipe' })
    return []
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: Buffer; stderr?: Buffer }
    const fired = [...`${stdout}${stderr}`.matchAll(/alertname=\\?"(\w+)/g)].map(([, name = '']) => name)
    if (fired.length === 0) throw error
    return fired
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function chooseRules(latency: boolean): RuleFile['groups'] {
  return readdirSync(RULES)
    .flatMap(file => (parse(readFileSync(join(RULES, file), 'utf8')) as RuleFile).groups)
    .map(group => ({
      ...group,
      rules: group.rules.filter(({ labels }) => latency || labels?.slo !== 'latency'),
    }))
    .filter(({ rules }) => rules.length > 0)
}

function inputOf(growth: Parameters<typeof fireAlerts>[0]) {
  return Object.entries(growth).flatMap(([service, { before, after }]) =>
    [...after]
      .filter(([series]) => /^goalixa_(http_requests|upstream|dependency|session)/.test(series))
      .map(([series, value]) => {
        const grown = series.startsWith('goalixa_dependency_up') ? 0 : value - (before.get(series) ?? 0)
        return { series: labelled(series, service), values: `${value}+${grown}x${INTERVALS}` }
      }),
  )
}

// Service discovery adds these labels.
function labelled(series: string, service: string): string {
  const [, name, labels = ''] = /^(\w+)(?:\{(.*)\})?$/.exec(series) ?? []
  return `${name}{namespace="n",pod="p",service="${service}"${labels === '' ? '' : `,${labels}`}}`
}
