import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createMetrics } from '@goalixa/chassis/metrics'
import { createSyntraMetrics } from '@goalixa/syntra/telemetry/metrics'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { ROOT } from './source-files.ts'

const folder = join(ROOT, 'k8s/monitoring')
const filesIn = (name: string) => readdirSync(join(folder, name)).map(file => join(folder, name, file))
const Rules = z.object({
  groups: z.array(z.object({ rules: z.array(z.looseObject({ alert: z.string(), expr: z.string() })) })),
})
const rules = filesIn('rules').flatMap(file =>
  Rules.parse(parse(readFileSync(file, 'utf8'))).groups.flatMap(group => group.rules),
)

describe('alert rules', () => {
  it('satisfy promtool', () => {
    expect(run('promtool', ['check', 'rules', '--lint=all', '--lint-fatal', ...filesIn('rules')])).toContain(
      'SUCCESS',
    )
  })

  it.each(readdirSync(join(folder, 'tests')))('fire and stay silent as expected in tests/%s', file => {
    expect(run('promtool', ['test', 'rules', join(folder, 'tests', file)])).toContain('SUCCESS')
  })

  it('each fire in a test', () => {
    const tests = filesIn('tests')
      .map(file => readFileSync(file, 'utf8'))
      .join('')
    expect(rules.map(rule => rule.alert).filter(alert => !tests.includes(`alertname="${alert}"`))).toEqual([])
  })

  it('read only metrics that our processes expose', async () => {
    const metrics = createMetrics({ version: '0' })
    createSyntraMetrics(metrics)
    const given = (await metrics.registry.getMetricsAsJSON()).map(({ name }) => name)
    const read = rules.flatMap(({ expr }) => expr.match(/\b(?:goalixa|syntra)_\w+/g) ?? [])
    const unknown = read.filter(name => !given.includes(name.replace(/_(bucket|sum|count)$/, '')))
    expect(read.length).toBeGreaterThan(10)
    expect(unknown).toEqual([])
  })
})

describe('Alertmanager', () => {
  const file = join(folder, 'alertmanager.yaml')

  it('accepts its configuration', () => {
    expect(run('amtool', ['check-config', file])).toContain('SUCCESS')
  })

  it.each([
    ['a critical alert that affects users', 'severity=critical tier=A', ['syntra', 'page']],
    ['a critical alert of a background service', 'severity=critical tier=B', ['syntra', 'channel']],
    ['a critical alert about a pod, without a tier', 'severity=critical', ['syntra', 'channel']],
    ['a warning that affects users', 'severity=warning tier=A', ['syntra', 'channel']],
    ['a warning of a background service', 'severity=warning tier=B', ['syntra', 'digest']],
    ['an alert without any label', '', ['syntra', 'digest']],
    ['the watchdog', 'alertname=Watchdog', ['digest']],
  ])('routes to the right receivers: %s', (_what, labels, receivers) => {
    const told = run('amtool', [
      'config',
      'routes',
      'test',
      `--config.file=${file}`,
      ...labels.split(' ').filter(Boolean),
    ])
    expect(told.trim().split(',')).toEqual(receivers)
  })
})

function run(program: string, args: string[]): string {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: 'pipe' })
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    return `${stdout}\n${stderr}\n${String(error)}`.replaceAll('SUCCESS', 'success, but not all')
  }
}
