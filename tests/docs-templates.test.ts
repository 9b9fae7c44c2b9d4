import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { copyRepository } from './copy-repository.ts'
import { editsOf, followPage } from './follow-page.ts'
import { ROOT } from './source-files.ts'

const PAGES = readdirSync(join(ROOT, 'docs')).filter(name => /^adding-an?-.+\.md$/.test(name))
const edits = PAGES.flatMap(editsOf)
// `testing/` holds what only tests import: here the arguments with which a read meets hostile answers.
const isTest = (path: string) => /\.test\.ts$|\/test(?:s|ing)\//.test(path)

// All pages are followed in one copy of the repository.
let copy: string
beforeAll(() => {
  copy = copyRepository()
  for (const page of PAGES) followPage(page, copy)
  run('docs/reference/generate.ts')
})
afterAll(() => rmSync(copy, { recursive: true, force: true }))

describe('a page that describes an addition', () => {
  it.each(PAGES)('edits at most two places and a test: docs/%s', page => {
    const places = new Set(editsOf(page).map(({ path }) => path))
    expect(places.size).toBeGreaterThan(0)
    expect([...places].filter(path => !isTest(path)).length).toBeLessThanOrEqual(2)
  })

  it('contains code that compiles', () => {
    const files = new Set(edits.map(({ path }) => path).filter(path => path.endsWith('.ts')))
    const config = { extends: './tsconfig.json', include: [], files: [...files] }
    const compilerOptions = { incremental: false }
    writeFileSync(join(copy, 'tsconfig.pages.json'), JSON.stringify({ ...config, compilerOptions }))
    expect(program('tsc', '--noEmit', '-p', 'tsconfig.pages.json')).toBe('')
  })

  it('contains tests that pass, and breaks none of the contract tests', () => {
    const added = edits.map(({ path }) => path).filter(path => path.endsWith('.test.ts'))
    const standing = [
      'agents/incident/analysers/needs.test.ts',
      'sandbox/demo/scenario.test.ts',
      'syntra/commands/registry.test.ts',
      'syntra/jobs/schedule.test.ts',
      'tools/catalog.test.ts',
    ]
    program(
      'vitest',
      'run',
      '--reporter=default',
      '--reporter=json',
      '--outputFile=report.json',
      ...added,
      ...standing,
    )
    const { testResults } = JSON.parse(readFileSync(join(copy, 'report.json'), 'utf8'))
    const passed = testResults.map(({ name }: { name: string }) => name.slice(copy.length + 1))
    expect(passed.toSorted()).toEqual([...new Set([...added, ...standing])].toSorted())
  })
})

it('a new analyser appears in the unions of codes and in the reference, and the planner reads what it needs', () => {
  const { registry, questions } = inCopy(
    {
      registry: 'agents/incident/analysers/registry.ts',
      planner: 'agents/planner/plan-questions.ts',
      snapshot: 'agents/snapshot/snapshot.ts',
    },
    `({
      registry,
      questions: planner.planQuestions({
        scope: snapshot.Scope.parse({ namespace: 'shop', service: 'front', since: '2026-03-01T12:00:00Z' }),
        diagnosis: null, round: 1, now: '2026-03-01T12:05:00Z',
      }),
    })`,
  )
  expect(registry.FINDING_CODES).toContain('PVC_PENDING')
  expect(registry.CAUSE_CODES).toContain('PVC_PENDING')
  const kinds = questions.flatMap(({ args }: { args: { kinds?: string[] } }) => args.kinds ?? [])
  expect(kinds).toContain('PersistentVolumeClaim')
  expect(reference('findings')).toContain('`PVC_PENDING`')
})

it('a new tool appears in the catalog, among the read tools of a model and in the reference', () => {
  const { found, isReadTool } = inCopy(
    { catalog: 'tools/catalog.ts' },
    `({ found: catalog.findTool('prometheus_get_version'), isReadTool: catalog.readTools.some(({ name }) => name === 'prometheus_get_version') })`,
  )
  expect(found).toMatchObject({ name: 'prometheus_get_version', effect: 'read' })
  expect(isReadTool).toBe(true)
  expect(reference('tools')).toContain('`prometheus_get_version`')
})

it('a new signal is queried by the planner in PromQL, for every metric profile, and appears in the reference', () => {
  const { questions, parsed, otlp } = inCopy(
    {
      planner: 'agents/planner/plan-questions.ts',
      ids: 'agents/snapshot/question-id.ts',
      signals: 'agents/signals/signals.ts',
      profiles: 'agents/signals/metric-profiles.ts',
      snapshot: 'agents/snapshot/snapshot.ts',
      needs: 'agents/snapshot/needs.ts',
    },
    `({
      questions: planner.planQuestions({
        scope: snapshot.Scope.parse({ namespace: 'shop', service: 'front', since: '2026-03-01T12:00:00Z' }),
        diagnosis: null, round: 1, now: '2026-03-01T12:05:00Z', needs: needs.mergeNeeds({ signals: ['latency-p99'] }),
      }),
      parsed: ids.parseQuestionId(ids.questionId.series('latency-p99')),
      otlp: signals.signalQuery('latency-p99', profiles.PROFILES.find(({ name }) => name === 'opentelemetry-otlp'), { namespace: 'shop', windowSeconds: 60 }),
    })`,
  )
  expect(parsed).toMatchObject({ kind: 'series', signal: 'latency-p99' })
  const asked = questions.filter(({ args }: { args: { query?: string } }) =>
    /histogram_quantile\(0\.99.+goalixa_http_request_duration_seconds_bucket\{namespace="shop"/.test(
      args.query ?? '',
    ),
  )
  expect(asked).toHaveLength(1)
  expect(asked[0].why).toBe('99th percentile of the latency of each service')
  expect(otlp).toContain('http_server_request_duration_seconds_bucket{k8s_namespace_name="shop"')
  expect(reference('signals')).toContain('`latency-p99`')
})

it('a new job is scheduled in the worker', () => {
  const { job } = inCopy(
    { jobs: 'syntra/jobs/schedule.ts' },
    `({ job: jobs.SCHEDULE['remove-rejected-alerts'] })`,
  )
  expect(job).toEqual({ everyMs: 60_000 })
})

it('a new policy rule denies an action that the earlier rules allow', () => {
  const { before, after } = inCopy(
    { policy: 'syntra/policy/policy.ts' },
    `(async () => {
      const question = {
        principal: { kind: 'agent' }, action: 'execute',
        change: { id: 'a', kind: 'scale', risk: 'R3', tier: 'A', environment: 'production', irreversible: false },
        situation: { isFrozen: false, isRequester: false, hasDecided: false, objections: 0, approvals: 1, approvalsNeeded: 1,
                     busy: false, actionsInWindow: 0, actionsPerWindow: 3, rollbacksInWindow: 0 },
      }
      const ask = folder => policy.createPolicy({ folder }).ask(question)
      return { before: await ask(${JSON.stringify(join(ROOT, 'syntra/policy'))}), after: await ask() }
    })()`,
  )
  expect(before.isAllowed).toBe(true)
  expect(after).toMatchObject({ isAllowed: false, because: ['no-scaling-in-production'] })
})

it('a new command is listed, has a help text, and shows the answer of the API', () => {
  expect(run('syntra/cli.ts', '--help')).toContain('evidence')
  expect(run('syntra/cli.ts', 'evidence', '--help')).toContain('List what was read for an investigation')
  const { paths, outcome } = inCopy(
    { commands: 'syntra/commands/registry.ts' },
    `(async () => {
      const paths = []
      const evidence = [{ id: 'E1', why: 'the state of pods', outcome: 'read' }]
      const api = { get: async path => { paths.push(path); return { evidence, next: null } } }
      const command = commands.COMMANDS.find(({ name }) => name === 'evidence')
      const id = '01989d5e-2f8f-7c1f-b7f0-9f5a3c0a1d11'
      const { run } = await command.start({ id }, { api, now: () => new Date(), signal: AbortSignal.timeout(1000), isVerbose: false })
      for await (const outcome of run()) return { paths, outcome }
    })()`,
  )
  expect(paths).toEqual(['/v1/investigations/01989d5e-2f8f-7c1f-b7f0-9f5a3c0a1d11/evidence'])
  expect(JSON.stringify(outcome.blocks)).toContain('the state of pods: read')
})

it('a new fault is injected by its kind, and the scenario that uses it is listed', () => {
  const { statements } = inCopy(
    { faults: 'sandbox/faults/catalog.ts' },
    `(async () => {
      const statements = []
      const database = { administer: async sql => { statements.push(sql) } }
      await faults.injectFault({ kind: 'rotated-password', role: 'core' }, { database })
      return { statements }
    })()`,
  )
  expect(statements).toEqual([
    "ALTER ROLE core PASSWORD 'rotated'",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'core'",
  ])
  expect(run('sandbox/demo/main.ts', '--list')).toMatch(
    /^rotated-password +The password of core was rotated/m,
  )
})

it('a new alert rule fires in its test, and the runbook of the other page matches it', () => {
  const rules = join(copy, 'k8s/monitoring')
  expect(promtool(rules, 'check', 'rules', '--lint=all', '--lint-fatal', 'rules/pods.yaml')).toContain(
    'SUCCESS',
  )
  expect(promtool(rules, 'test', 'rules', 'tests/pods.yaml')).toContain('SUCCESS')
  const { matched } = inCopy(
    { folder: 'tools/runbooks/runbook-folder.ts', matching: 'tools/runbooks/match-runbooks.ts' },
    `(async () => {
      const { runbooks } = await folder.createRunbookFolder(${JSON.stringify(join(copy, 'runbooks'))}).load(AbortSignal.timeout(5000))
      const name = 'KubePersistentVolumeFillingUp'
      return { matched: matching.matchRunbooks({ name, labels: {}, symptoms: name }, runbooks).map(({ id }) => id) }
    })()`,
  )
  expect(matched).toEqual(['KubePersistentVolumeFillingUp'])
})

/** Evaluates an expression in a separate process, with modules of the copy bound to names. */
function inCopy(modules: Record<string, string>, expression: string) {
  const imports = Object.entries(modules).map(([name, path]) => `import * as ${name} from './${path}'`)
  const script = [...imports, `console.log(JSON.stringify(await ${expression}))`].join('\n')
  return JSON.parse(run('--input-type=module', '-e', script))
}

function reference(page: string): string {
  return readFileSync(join(copy, `docs/reference/${page}.md`), 'utf8')
}

function run(...args: string[]): string {
  return execFileSync(process.execPath, args, { cwd: copy, encoding: 'utf8' })
}

/** Runs a program of the repository; throws with its output if it fails. */
function program(name: string, ...args: string[]): string {
  try {
    return execFileSync(join(copy, 'node_modules/.bin', name), args, {
      cwd: copy,
      encoding: 'utf8',
      stdio: 'pipe',
    })
  } catch (error) {
    throw new Error(`${name} failed:\n${(error as { stdout: string }).stdout}`)
  }
}

function promtool(cwd: string, ...args: string[]): string {
  return execFileSync('promtool', args, { cwd, encoding: 'utf8' })
}
