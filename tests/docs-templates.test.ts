import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { matchRunbooks } from '@goalixa/tools/runbooks/match-runbooks'
import { parseRunbook } from '@goalixa/tools/runbooks/parse-runbook'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROOT } from './source-files.ts'

const ALERT = 'KubePersistentVolumeFillingUp'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'goalixa-templates-'))
  cpSync(join(ROOT, 'k8s/monitoring'), folder, { recursive: true })
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('docs/adding-an-alert-rule.md', () => {
  it('gives a rule and a test that work when appended to their neighbours', () => {
    append('rules/pods.yaml', templateIn('adding-an-alert-rule.md', 'yaml rule'))
    append('tests/pods.yaml', templateIn('adding-an-alert-rule.md', 'yaml test'))
    expect(promtool('check', 'rules', '--lint=all', '--lint-fatal', 'rules/pods.yaml')).toContain('SUCCESS')
    expect(promtool('test', 'rules', 'tests/pods.yaml')).toContain('SUCCESS')
  })
})

describe('docs/adding-a-runbook.md', () => {
  it('gives a runbook that is matched to the alert of the other page', () => {
    const runbook = parseRunbook(
      templateIn('adding-a-runbook.md', 'markdown runbook'),
      `runbooks/${ALERT}.md`,
    )
    const alert = { name: ALERT, labels: {}, symptoms: ALERT }
    expect(matchRunbooks(alert, [runbook]).map(({ id }) => id)).toEqual([ALERT])
    expect(templateIn('adding-an-alert-rule.md', 'yaml rule')).toContain(`/runbooks/${runbook.id}.md`)
  })
})

function templateIn(page: string, kind: string): string {
  const text = readFileSync(join(ROOT, 'docs', page), 'utf8')
  const [, template] = text.split(`\`\`\`${kind}\n`)
  if (template === undefined) throw new Error(`docs/${page} has no block "${kind}".`)
  return template.split('```')[0] ?? ''
}

function append(file: string, text: string) {
  writeFileSync(join(folder, file), `${readFileSync(join(folder, file), 'utf8').trimEnd()}\n${text}`)
}

function promtool(...args: string[]): string {
  return execFileSync('promtool', args, { cwd: folder, encoding: 'utf8' })
}
