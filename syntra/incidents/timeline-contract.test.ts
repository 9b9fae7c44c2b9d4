import { presentationOf, TIMELINE_KINDS, TimelineKind } from '@goalixa/agents/report/timeline-kinds'
import { writeReport } from '@goalixa/agents/report/write-report'
import { createPool } from '@goalixa/chassis/postgres'
import { startPostgres, type TestPostgres } from '@goalixa/chassis/testing/start-postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { z } from 'zod'
import { renderBlocks } from '../cli/render-blocks.ts'
import { presentTimeline } from '../commands/presentation/present-timeline.ts'
import { fakeDependencies } from '../testing/fake-dependencies.ts'
import { sampleEngine } from '../testing/sample-engine.ts'
import { startSyntra, type TestSyntra } from '../testing/start-syntra.ts'
import { startTarget, type Target } from '../testing/start-target.ts'
import { KEYS } from '../testing/test-config.ts'

type Row = { incident_id: string; kind: string; message: string; data: object; at: Date }

let postgres: TestPostgres
let target: Target
let syntra: TestSyntra
const rows: Row[] = []
const reports = new Map<string, string>()

// Incidents that end in different ways write every kind of entry that needs no crash and no long wait.
beforeAll(async () => {
  postgres = await startPostgres()
  target = await startTarget()
  const databaseUrl = await postgres.createDatabase()
  const dependencies = {
    ...fakeDependencies(target.url, sampleEngine()),
    writeReport: async (facts: Parameters<typeof writeReport>[0]) => writeReport(facts),
  }
  syntra = await startSyntra({
    databaseUrl,
    dependencies,
    settings: { SYNTRA_APPROVERS_R3: '2', SYNTRA_CLOSE_SECONDS: '1' },
  })

  await reject()
  target.world.isStubborn = true
  await undo()
  target.world.isStubborn = false
  await succeed()

  const pool = createPool({ url: databaseUrl, name: 'test' })
  rows.push(...(await pool.query<Row>('SELECT * FROM timeline ORDER BY id')).rows)
  await pool.end()
  for (const { incident_id: id } of rows)
    reports.set(id, (await syntra.get(`/v1/incidents/${id}/report?format=markdown`)).body.text)
}, 60_000)
afterAll(async () => {
  await syntra.stop()
  await target.stop()
  await postgres.stop()
})

async function succeed() {
  const { incident, action } = await proposedFor('core')
  const alert = { status: 'resolved' as const, endsAt: '2026-11-21T10:20:00Z' }
  await syntra.post('/v1/investigations', { namespace: 'shop', service: 'core', reason: 'slow?' })
  await syntra.deliver([{ labels: { alertname: 'AlsoSlow' } }])
  await decide(action, 'approve', KEYS.bob)
  await decide(action, 'approve', KEYS.root)
  await ended(action.id, 'succeeded')
  await syntra.deliver([alert, { ...alert, labels: { alertname: 'AlsoSlow' } }])
  await syntra.until(`/v1/incidents/${incident.id}`, body => body.state === 'closed')
  await syntra.deliver([{ startsAt: '2026-11-21T11:00:00Z' }])
}

async function reject() {
  const { action } = await proposedFor('auth')
  await decide(action, 'reject', KEYS.bob)
  await ended(action.id, 'rejected')
}

async function undo() {
  const { action } = await proposedFor('search')
  await decide(action, 'approve', KEYS.bob)
  await decide(action, 'approve', KEYS.root)
  await ended(action.id, 'undone')
}

async function proposedFor(service: string) {
  await syntra.deliver([{ labels: { service } }])
  const page = await syntra.until('/v1/incidents', body =>
    body.incidents.some(
      (incident: { service: string; action: { state: string } | null }) =>
        incident.service === service && incident.action?.state === 'awaiting-approval',
    ),
  )
  const incident = page.incidents.find((incident: { service: string }) => incident.service === service)
  return { incident, action: (await syntra.get(`/v1/actions/${incident.action.id}`)).body }
}

async function decide(action: { id: string; stateDigest: string }, decision: string, key: string) {
  const body = { decision, stateDigest: action.stateDigest }
  expect((await syntra.post(`/v1/actions/${action.id}/decision`, body, key)).status).toBe(200)
}

async function ended(actionId: string, state: string) {
  const action = await syntra.until(`/v1/actions/${actionId}`, body => body.state === state)
  await syntra.until(`/v1/investigations/${action.investigationId}`, body => body.state === 'done')
}

test('every entry that is written is of a kind of the registry, with the data of its kind', () => {
  const kinds = new Set(rows.map(({ kind }) => kind))
  expect(kinds.size).toBeGreaterThanOrEqual(22)
  for (const { kind, data } of rows) {
    const card: { severity: string; data?: z.ZodObject } = TIMELINE_KINDS[TimelineKind.parse(kind)]
    const faults = card.data?.strict().safeParse(withoutInvestigation(data)).error?.issues ?? []
    expect(faults, kind).toEqual([])
  }
})

function withoutInvestigation({ investigation: _, ...data }: { investigation?: string }) {
  return data
}

test('the command line shows each with its symbol, title and message, on one line', () => {
  for (const { kind, message, at } of rows) {
    const { symbol, title } = presentationOf(TimelineKind.parse(kind))
    const entry = { at: at.toISOString(), kind: TimelineKind.parse(kind), message }
    const line = renderBlocks([presentTimeline([entry])]).trimEnd()
    expect(line).toContain(`${symbol} ${title}`)
    expect(line).toContain(message)
    expect(line).not.toContain('\n')
  }
})

test('the report lists each that was there when it was written and that no other section of it has', () => {
  for (const [id, report] of reports) {
    const entries = rows.filter(row => row.incident_id === id)
    const before = entries.slice(
      0,
      entries.findLastIndex(({ kind }) => kind === 'report'),
    )
    for (const { kind, at } of before) {
      const { isInReport, symbol } = presentationOf(TimelineKind.parse(kind))
      const line = `- ${at.toISOString().replace('T', ' ').slice(0, 19)} ${symbol} `
      // A verdict that another round repeated is listed once.
      if (isInReport && kind !== 'verdict') expect(report, kind).toContain(line)
    }
  }
})

test('what a person must see stands out, and a resolved alert does not look like a failure', () => {
  expect(presentationOf('escalated').severity).toBe('attention')
  expect(presentationOf('revert-not-verified').severity).toBe('attention')
  expect(presentationOf('alert-resolved')).toMatchObject({ severity: 'success', tone: 'success' })
})

test('titles fit their column and tell kinds apart', () => {
  const titles = TimelineKind.options.map(kind => presentationOf(kind).title)
  expect(titles.filter(title => title.length > 20)).toEqual([])
  expect(new Set(titles).size).toBe(titles.length)
})
