import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ExpectedError } from '@goalixa/chassis/errors'
import { afterEach, describe, expect, it } from 'vitest'
import { createClients } from '../create-clients.ts'
import type { Evidence } from '../evidence.ts'
import { bindRunbook } from './bind-runbook.ts'
import { chooseDecision } from './choose-decision.ts'
import { extractRunbookFacts } from './extract-runbook-facts.ts'
import { findRunbooks } from './find-runbooks.ts'
import { matchRunbooks } from './match-runbooks.ts'
import { parseRunbook } from './parse-runbook.ts'
import { createRunbookFolder } from './runbook-folder.ts'

const SIMPLE = `---
id: disk-full
title: A disk is full
match:
  alerts: [DiskFull]
escalate: platform
---
# A disk is full
`

const FULL = `---
apiVersion: syntra.goalixa.com/runbook.v1
id: bff-slow
title: BFF is slow
owner: platform
tier: A
reviewed: 2026-11-21
match:
  alerts: [BffSlow]
  labels: { service: bff }
  symptoms: ["app feels slow"]
params:
  namespace: { from: alert.labels.namespace, pattern: "goalixa-(staging|production)" }
  route: { from: alert.labels.route }
  since: { from: alert.startsAt }
evidence:
  - id: latency
    why: One slow route means a code path.
    tool: prometheus_query
    args: { query: 'latency{namespace="\${namespace}",route="\${route}"}', time: "\${since}" }
    extract:
      slow: 'size(result.samples.filter(s, s.value > 0.3))'
      total: 'size(result.samples)'
      worst: 'result.samples[0].value'
  - id: app
    why: Whether it was changed.
    tool: delivery_get_app
    args: { name: bff }
    extract: { revision: 'result.revision' }
decide:
  - { cause: bad-change, when: 'revision == "bad" && slow > 0', confidence: 0.9, then: restart }
  - { cause: everything-slow, when: 'slow >= total && worst > 0.5', confidence: 0.6, then: runbook/core-slow }
  - { cause: unknown, when: 'true', confidence: 0 }
actions:
  restart:
    tool: kubernetes_restart_workload
    args: { namespace: "\${namespace}", kind: Deployment, name: bff }
    risk: R2
escalate: { to: '#incidents', after: 20m }
---
# BFF is slow
`

const alert = {
  labels: { namespace: 'goalixa-production', route: 'a"} or vector(1) #', service: 'bff' },
  annotations: {},
  startsAt: '2026-02-24T10:00:00Z',
}

function answer(id: string, result: Evidence['result']): Evidence {
  const question = { id: `runbook/bff-slow/${id}`, tool: 't', args: {}, why: '' }
  const rest = { at: '', tookMs: 0, digest: '', cut: [], reason: null }
  return { id, question, result, outcome: 'read', ...rest }
}

describe('parsing', () => {
  it('accepts a runbook with only id, title, match and escalate', () => {
    expect(parseRunbook(SIMPLE, 'disk-full.md')).toMatchObject({
      id: 'disk-full',
      path: 'disk-full.md',
      body: '# A disk is full',
      evidence: [],
      decide: [],
    })
  })

  it.each([
    ['no front matter', '# only text', 'front matter'],
    ['broken YAML', SIMPLE.replace('title: A disk', 'title: [A disk'), 'front matter'],
    ['an unknown field', SIMPLE.replace('title:', 'severity: high\ntitle:'), 'severity'],
    ['a missing title', SIMPLE.replace('title: A disk is full\n', ''), 'title'],
    ['an id with spaces', SIMPLE.replace('id: disk-full', 'id: Disk Full'), 'id'],
    ['an unknown tool', FULL.replace('prometheus_query', 'prometheus.query'), 'evidence.0.tool'],
    [
      'a write among the reads',
      FULL.replace('tool: delivery_get_app', 'tool: delivery_sync_app'),
      'evidence.1.tool',
    ],
    ['a wrong argument', FULL.replace('{ name: bff }', '{ app: bff }'), 'evidence.1.args'],
    ['an unknown param', FULL.replace('{namespace}', '{cluster}'), 'evidence.0.args'],
    ['CEL that does not parse', FULL.replace("'true'", "'true &&'"), 'decide.2.when'],
    ['a fact that nobody extracts', FULL.replace("'true'", "'hops > 2'"), 'decide.2.when'],
    ['a follow-up to nowhere', FULL.replace('then: restart', 'then: reboot'), 'decide.0.then'],
    ['a risk below the tool’s', FULL.replace('risk: R2', 'risk: R1'), 'actions.restart.risk'],
    ['a param from nowhere', FULL.replace('alert.labels.route', 'env.HOME'), 'params.route.from'],
  ])('refuses %s and names the file and the field', (_what, text, field) => {
    const failure = failureOf(() => parseRunbook(text, 'x.md'))
    expect(failure.code).toBe('BAD_RUNBOOK')
    expect(failure.message).toMatch(/^x\.md: /)
    expect(failure.fields.map(fault => fault.field).join(' ')).toContain(field)
  })
})

describe('matching', () => {
  const plain = parseRunbook(
    FULL.replace('labels: { service: bff }', 'labels: {}').replace('id: bff-slow', 'id: any-slow'),
    'b.md',
  )
  const runbooks = [plain, parseRunbook(FULL, 'a.md'), parseRunbook(SIMPLE, 'c.md')]
  const ids = (name: string, labels: Record<string, string>, symptoms = '') =>
    matchRunbooks({ name, labels, symptoms }, runbooks).map(({ id }) => id)

  it('matches by name and labels, the most specific first', () => {
    expect(ids('BffSlow', { service: 'bff' })).toEqual(['bff-slow', 'any-slow'])
    expect(ids('BffSlow', { service: 'core' })).toEqual(['any-slow'])
  })

  it('matches by symptoms only if no name matches, and by whole words', () => {
    expect(ids('', {}, 'The app feels, slow today')).toEqual(['any-slow', 'bff-slow'])
    expect(ids('', {}, 'the webapp feels slowly')).toEqual([])
    expect(ids('DiskFull', {}, 'app feels slow')).toEqual(['disk-full'])
  })
})

describe('a runbook for an alert', () => {
  const runbook = parseRunbook(FULL, 'a.md')

  it('asks its questions with the alert’s values, safely quoted', () => {
    const { questions, missing } = bindRunbook(runbook, alert)
    expect(missing).toEqual([])
    expect(questions.map(({ id, args }) => [id, args])).toEqual([
      [
        'runbook/bff-slow/latency',
        {
          query: 'latency{namespace="goalixa-production",route="a\\"} or vector(1) #"}',
          time: '2026-02-24T10:00:00Z',
        },
      ],
      ['runbook/bff-slow/app', { name: 'bff' }],
    ])
  })

  it('does not ask with a value that does not match its pattern', () => {
    const odd = { ...alert, labels: { ...alert.labels, namespace: 'goalixa-production-evil' } }
    const { questions, missing } = bindRunbook(runbook, odd)
    expect(missing).toEqual(['namespace'])
    expect(questions.map(({ id }) => id)).toEqual(['runbook/bff-slow/app'])
  })

  it('decides by the first row whose condition holds', () => {
    const samples = [{ value: 0.9 }, { value: 0.4 }]
    const facts = extractRunbookFacts(runbook, [
      answer('latency', { samples }),
      answer('app', { revision: 'good' }),
    ])
    expect(facts).toEqual({ slow: 2, total: 2, worst: 0.9, revision: 'good' })
    expect(chooseDecision(runbook, facts).row?.cause).toBe('everything-slow')
    expect(chooseDecision(runbook, { ...facts, revision: 'bad' }).row?.cause).toBe('bad-change')
    expect(chooseDecision(runbook, { ...facts, worst: 0.1 }).row?.cause).toBe('unknown')
  })

  it('skips a row that lacks a fact, and names the fact', () => {
    const facts = extractRunbookFacts(runbook, [
      answer('latency', { samples: [] }),
      answer('app', { revision: 'bad' }),
    ])
    expect(facts).toEqual({ slow: 0, total: 0, revision: 'bad' })
    expect(chooseDecision(runbook, facts)).toMatchObject({ row: { cause: 'unknown' }, missing: ['worst'] })
    const unread = { ...answer('app', null), outcome: 'unread' as const }
    expect(chooseDecision(runbook, extractRunbookFacts(runbook, [unread])).missing).toEqual([
      'revision',
      'slow',
      'total',
      'worst',
    ])
  })
})

describe('runbooks_find', () => {
  const folders: string[] = []
  afterEach(async () => {
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
  })
  const signal = new AbortController().signal

  it('finds runbooks by alert, and reports an invalid file without losing the others', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'runbooks-'))
    folders.push(folder)
    await writeFile(join(folder, 'disk-full.md'), SIMPLE)
    await writeFile(join(folder, 'broken.md'), '# no front matter')
    const clients = createClients({ runbooks: { folder } })
    expect(await findRunbooks.run({ alertname: 'DiskFull', labels: {} }, clients, signal)).toEqual({
      runbooks: [{ id: 'disk-full', title: 'A disk is full', path: 'disk-full.md' }],
      faulty: [{ path: 'broken.md', message: expect.stringContaining('front matter') }],
    })
  })

  it('parses every runbook of this repository', async () => {
    const { runbooks, faulty } = await createRunbookFolder(join(import.meta.dirname, '../../runbooks')).load(
      signal,
    )
    expect(faulty).toEqual([])
    expect(runbooks.length).toBeGreaterThan(0)
  })

  it('says so when the folder is not there', async () => {
    const clients = createClients({ runbooks: { folder: '/nowhere' } })
    await expect(findRunbooks.run({ alertname: 'X', labels: {} }, clients, signal)).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'NO_RUNBOOKS',
    })
  })
})

function failureOf(work: () => unknown): ExpectedError {
  try {
    work()
  } catch (error) {
    if (error instanceof ExpectedError) return error
    throw error
  }
  throw new Error('expected a failure')
}
