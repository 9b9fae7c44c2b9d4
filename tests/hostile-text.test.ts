import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeReport } from '@goalixa/agents/report/write-report'
import { parseQuestionId } from '@goalixa/agents/snapshot/question-id'
import { addDecoys } from '@goalixa/agents/testing/cases'
import { type Investigated, investigate } from '@goalixa/agents/testing/investigate'
import type { World } from '@goalixa/agents/testing/sample-cluster'
import { SAMPLE_FAULTS } from '@goalixa/agents/testing/sample-faults'
import { renderBlocks } from '@goalixa/syntra/cli/render-blocks'
import { stringifyForTerminal } from '@goalixa/syntra/cli/stringify-for-terminal'
import { presentIncident } from '@goalixa/syntra/commands/presentation/present-incident'
import { presentProposal } from '@goalixa/syntra/commands/presentation/present-proposal'
import { presentTimeline } from '@goalixa/syntra/commands/presentation/present-timeline'
import { presentVerdict } from '@goalixa/syntra/commands/presentation/present-verdict'
import { quoteLabelPattern, quoteLabelValue } from '@goalixa/tools/prometheus/quote-label-value'
import { describe, expect, it } from 'vitest'
import { activeMarkdownIn } from './active-markdown-in.ts'
import { ALL_HOSTILE, answerAsRecorded, poison } from './poison-world.ts'
import { slowRelease } from './slow-release.ts'

// Any control character except a line break. The colours, our own escape sequences, are removed before the comparison.
const CONTROL = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u

const TOLD = SAMPLE_FAULTS.map(({ message, world }): [string, () => World] => [
  message,
  () => addDecoys(world()),
])

describe('hostile text', () => {
  it.each(TOLD)('changes no question, verdict or action where %s', (_name, build) => {
    const clean = investigate(build())
    const hostile = investigate(poisoned(build), {}, answerAsRecorded)
    expect(callsOf(hostile)).toEqual(callsOf(clean))
    expect(judgementOf(hostile)).toEqual(judgementOf(clean))
    expect(deedsOf(hostile)).toEqual(deedsOf(clean))
    expect(clean.snapshot.logs.length + clean.snapshot.events.length).toBeGreaterThan(0)
    expect(hostile.snapshot.events.length).toBeGreaterThan(clean.snapshot.events.length)
  })

  it.each(ALL_HOSTILE.map(text => [text.slice(0, 40), text]))(
    'as the name of an alert changes neither the cause nor the action: %j',
    (_short, name) => {
      const clean = investigate(slowRelease())
      const hostile = investigate(slowRelease(name), {}, answerAsRecorded)
      expect(judgementOf(hostile)).toEqual(judgementOf(clean))
      expect(deedsOf(hostile).steps).toEqual(deedsOf(clean).steps)
      const watched =
        hostile.choice.proposal?.verification.recovered.map(predicate => predicate.message) ?? []
      expect(watched).toHaveLength(deedsOf(clean).verification?.recovered.length ?? 0)
    },
  )

  it('does not slow the engine down, however long its lines are', () => {
    const refused = SAMPLE_FAULTS.find(fault => fault.code === 'DEPENDENCY_REFUSES_CONNECTIONS')
    const world = refused?.world() ?? expect.unreachable('no sample fault has this code')
    const [id = ''] = Object.keys(world.logs)
    const lines = [`connection refused ${'a.'.repeat(1_990)}`, `connection refused ${'1.'.repeat(1_990)}`]
    world.logs[id] = [...Array(80).keys()].map(index => lines[index % 2] ?? '').concat(world.logs[id] ?? [])
    const { verdict } = investigate(world, {}, answerAsRecorded)
    expect(verdict.causes[0]?.code).toBe('DEPENDENCY_REFUSES_CONNECTIONS')
  }, 5_000)
})

describe('hostile text in output', () => {
  const found = TOLD.map(([name, build]): [string, Investigated] => [
    name,
    investigate(poisoned(build), {}, answerAsRecorded),
  ])

  it.each(found)('is plain text in the report where %s', (_name, investigated) => {
    const report = writeReport(extractFacts(investigated))
    expect(activeMarkdownIn(report)).toEqual([])
    expect(report).not.toMatch(CONTROL)
    expect(report.split('\n').filter(line => line.length > 2_500)).toEqual([])
  })

  it.each(found)('is plain text on the terminal where %s', (_name, { verdict, choice }) => {
    const { proposal } = choice
    const action = { id: 'a', proposal, state: 'awaiting-approval', stateDigest: 'd', expiresAt: 'e' }
    const blocks = [
      ...presentVerdict({ verdict, reads: { answered: 1, couldNotRead: 0 } as never }),
      ...(proposal === null ? [] : presentProposal(action as never)),
    ]
    for (const columns of [undefined, 80])
      expect(withoutColours(renderBlocks(blocks, columns))).not.toMatch(CONTROL)
  })

  it('is one plain line per incident and timeline entry, and JSON without control characters', () => {
    for (const text of ALL_HOSTILE) {
      const incident = {
        id: 'i',
        state: 'open',
        severity: text,
        title: text,
        openedAt: '2026-01-01T00:00:00Z',
        investigation: null,
        action: null,
      }
      const lines = [
        presentIncident(incident as never, new Date()),
        presentTimeline([{ at: '2026-01-01T00:00:00Z', kind: 'alert-joined', message: text }]),
      ].map(block => renderBlocks([block]).replace(/\n$/, ''))
      for (const line of lines) {
        expect(withoutColours(line)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u)
        expect(line.length).toBeLessThan(2_500)
      }
      expect(stringifyForTerminal({ text })).not.toMatch(CONTROL)
      expect(JSON.parse(stringifyForTerminal({ [text]: text }))).toEqual({ [text]: text })
    }
  })
})

describe('PromQL with hostile text', () => {
  it('is one valid selector for each text, according to promtool', () => {
    const selectors = ALL_HOSTILE.flatMap(text => [
      `up{job=${quoteLabelValue(text)}}`,
      `up{job=~${quoteLabelPattern(text)}}`,
    ])
    expect(checkRules(selectors)).toContain(`${selectors.length} rules found`)
    for (const selector of selectors) expect(selector).toMatch(/^up\{job=~?"(?:[^"\\]|\\.)*"\}$/u)
  })

  it('is absent from the recovery queries: the name of an alert is an argument', () => {
    const predicates = ALL_HOSTILE.flatMap(name => {
      const world = slowRelease(name)
      for (const alert of [...world.scope, ...world.firing]) alert.labels.endpoint = name
      const { choice } = investigate(world, {}, answerAsRecorded)
      return choice.proposal?.verification.recovered ?? []
    })
    const named = predicates.map(({ args }) => args.alertname)
    for (const name of ALL_HOSTILE) expect(named).toContain(name)
    const queries = predicates.flatMap(({ args }) => (args.query === undefined ? [] : [String(args.query)]))
    for (const query of queries) for (const name of ALL_HOSTILE) expect(query).not.toContain(name)
    expect(checkRules(queries)).toContain(`${queries.length} rules found`)
  })
})

function poisoned(build: () => World): World {
  const { evidence } = investigate(build())
  const logs = evidence.map(({ question }) => question.id).filter(id => parseQuestionId(id)?.kind === 'logs')
  return poison(build(), logs)
}

function callsOf({ evidence }: Investigated) {
  return evidence.map(({ question: { id, tool, args } }) => ({ id, tool, args }))
}

function judgementOf({ verdict }: Investigated) {
  return {
    outcome: verdict.outcome,
    causes: verdict.causes.map(({ code, subject, confidence, chain, for: pro, against }) => ({
      code,
      subject,
      confidence,
      chain: chain
        .filter(finding => finding.code !== 'ALERT_FIRING')
        .map(finding => [finding.code, finding.subject]),
      for: pro.map(argument => argument.code),
      against: against.map(argument => argument.code),
    })),
    ruledOut: verdict.ruledOut.map(cleared => cleared.subject),
  }
}

function deedsOf({ choice: { proposal } }: Investigated) {
  return {
    kind: proposal?.kind,
    method: proposal?.method,
    target: proposal?.target,
    risk: proposal?.risk,
    preconditions: proposal?.preconditions,
    steps: proposal?.steps.map(({ tool, args: { body: _prose, ...args } }) => ({ tool, args })),
    undo: proposal?.undo,
    verification: proposal?.verification,
    rejected: proposal?.rejected.map(method => method.method),
    warnings: proposal?.warnings,
  }
}

function extractFacts({ verdict, choice, evidence }: Investigated): Parameters<typeof writeReport>[0] {
  const text = ALL_HOSTILE.join(' ')
  return {
    incident: { id: 'i-1', title: text.slice(0, 300), severity: text.slice(0, 300), openedAt: text },
    investigation: { id: 'v-1', startedAt: '2026-01-01T00:00:01Z' },
    verdict,
    action:
      choice.proposal === null
        ? null
        : {
            state: 'rejected',
            proposal: choice.proposal,
            refusal: null,
            outcome: null,
            verification: null,
            decisions: ALL_HOSTILE.map(text => ({
              operator: text.slice(0, 200),
              decision: 'reject',
              at: '2026-01-01T00:01:00Z',
            })),
          },
    evidence: evidence.map(({ id, question, at }) => ({
      id,
      tool: question.tool,
      why: question.why,
      at,
      outcome: 'unread',
      reason: text.slice(0, 1_000),
    })),
    timeline: ALL_HOSTILE.map(text => ({
      at: '2026-01-01T00:00:00Z',
      kind: 'alert-joined' as const,
      message: text.slice(0, 500),
    })),
  }
}

function withoutColours(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequences of the CLI for its own colours
  return text.replace(/\u001b\[\d{1,2}m/g, '')
}

function checkRules(expressions: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'hostile-rules-'))
  const file = join(folder, 'rules.yaml')
  const rules = expressions.map((expr, index) => ({ record: `hostile:r${index}`, expr }))
  // JSON is valid YAML and keeps the escapes as they are.
  writeFileSync(file, JSON.stringify({ groups: [{ name: 'hostile', rules }] }))
  try {
    return execFileSync('promtool', ['check', 'rules', file], { encoding: 'utf8' })
  } finally {
    rmSync(folder, { recursive: true })
  }
}
