import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROOT } from './source-files.ts'

const NAME = 'persistent-volume-claims'
let copy: string

// The page is followed in a copy of the folder, beside the same packages.
beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'goalixa-analyser-'))
  mkdirSync(join(copy, 'agents'))
  for (const name of [
    'incident',
    'signals',
    'snapshot',
    'planner',
    'devops',
    'catalog',
    'testing',
    'package.json',
  ])
    cpSync(join(ROOT, 'agents', name), join(copy, 'agents', name), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
  const folder = join(copy, 'agents/incident/analysers')
  writeFileSync(join(folder, `${NAME}.ts`), block('ts analyser'))
  const registry = readFileSync(join(folder, 'registry.ts'), 'utf8')
  writeFileSync(
    join(folder, 'registry.ts'),
    `import { persistentVolumeClaims } from './${NAME}.ts'\n${registry.replace('export const ANALYSERS = {\n', start => start + block('ts registry'))}`,
  )
})
afterAll(() => rmSync(copy, { recursive: true }))

describe('docs/adding-an-analyser.md', () => {
  it('gives an analyser whose finding is found, is a code of the registry, and adds to what is asked for', () => {
    const script = `
      import { findingsOf } from '${join(copy, 'agents/testing/findings-of.ts')}'
      import { ANALYSER_NEEDS, CAUSE_CODES, FINDING_CODES } from '${join(copy, 'agents/incident/analysers/registry.ts')}'
      const claim = phase => ({ kind: 'PersistentVolumeClaim', metadata: { name: 'data', namespace: 'n' }, status: { phase } })
      const codes = phase => findingsOf(world => world.objects.push(claim(phase))).map(({ code }) => code)
      console.log(JSON.stringify({ pending: codes('Pending'), bound: codes('Bound'), FINDING_CODES, CAUSE_CODES, kinds: ANALYSER_NEEDS.kinds }))`
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: copy,
      encoding: 'utf8',
    })
    const { pending, bound, FINDING_CODES, CAUSE_CODES, kinds } = JSON.parse(output)
    expect(pending).toContain('PVC_PENDING')
    expect(bound).not.toContain('PVC_PENDING')
    expect(FINDING_CODES).toContain('PVC_PENDING')
    expect(CAUSE_CODES).toContain('PVC_PENDING')
    expect(kinds).toContain('PersistentVolumeClaim')
  })
})

function block(kind: string): string {
  const text = readFileSync(join(ROOT, 'docs/adding-an-analyser.md'), 'utf8')
  const [, start] = text.split(`\`\`\`${kind}\n`)
  if (start === undefined) throw new Error(`docs/adding-an-analyser.md has no block "${kind}".`)
  return start.split('```')[0] ?? ''
}
