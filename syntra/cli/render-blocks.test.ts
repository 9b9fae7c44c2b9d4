import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { list, muted, paragraph } from '../commands/presentation/blocks.ts'
import { presentIncidents } from '../commands/presentation/present-incident.ts'
import { presentTimeline } from '../commands/presentation/present-timeline.ts'
import type { IncidentSummary } from '../incidents/incidents.schema.ts'
import { renderBlocks } from './render-blocks.ts'

const NOW = new Date('2026-11-21T10:00:00Z')
const incident = (title: string): IncidentSummary => ({
  id: '01a1fc58-aa9d-769b-87a4-6877af6b52b1',
  state: 'open',
  title,
  severity: 'critical',
  namespace: 'goalixa-production',
  service: 'recommendations-worker',
  openedAt: '2026-11-21T09:30:00Z',
  activeAt: '2026-11-21T09:30:00Z',
  resolvedAt: null,
  closedAt: null,
  alerts: { firing: 1, resolved: 0 },
  investigation: null,
  action: { id: '01a1fc58-aa9d-769b-87a4-6877af6b52b1', state: 'awaiting-approval', risk: 'R3' },
})
const LONG = 'KubeDeploymentReplicasMissing on goalixa-production/recommendations-worker'
const WIDE = '日本語のアラート名😀😀 on goalixa-production/recommendations-worker and more'

const linesOf = (text: string) =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours
    .replace(/\u001b\[\d+m/g, '')
    .trimEnd()
    .split('\n')

describe('a table of incidents', () => {
  it.each([LONG, WIDE])(
    'fits the terminal by cutting the title, never the state or the status: %s',
    title => {
      const [header, row = ''] = linesOf(renderBlocks([presentIncidents([incident(title)], NOW)], 80))
      expect(header).toMatch(/^ID +STATE +AGE +SEVERITY +INCIDENT +STATUS$/)
      expect(stringWidth(row)).toBe(80)
      expect(row).toMatch(/^01a1fc58 {2}open +30m {2}critical {2}.*… {2}awaiting-approval$/u)
      expect(row).not.toMatch(/\p{Cs}/u)
    },
  )

  it('is not wrapped without a width', () => {
    expect(renderBlocks([presentIncidents([incident(LONG)], NOW)])).toContain(LONG)
  })
})

describe('a timeline', () => {
  const message = 'The readiness probe asks port 8081, and core listens on 8080. '.repeat(3).trim()
  const entry = { at: '2026-11-21T09:30:02.123Z', kind: 'action-awaiting-approval' as const, message }

  it('wraps a message below itself', () => {
    const [first = '', second = '', ...others] = linesOf(renderBlocks([presentTimeline([entry])], 80))
    expect(first).toMatch(/^09:30:02 {2}! approval needed {7}The readiness/)
    expect(second).toMatch(/^ {34}\S/)
    for (const line of [first, second, ...others]) expect(stringWidth(line)).toBeLessThanOrEqual(80)
  })

  it('is one line per entry without a width, so that it can be searched with grep', () => {
    expect(linesOf(renderBlocks([presentTimeline([entry, entry])]))).toHaveLength(2)
  })
})

it('escapes foreign text in every kind of block', () => {
  const hostile = 'a\u001b[2Jb\u202ec\nd'
  const text = renderBlocks([
    { type: 'heading', text: hostile },
    paragraph([hostile, muted(hostile)]),
    list([{ marker: muted('-'), text: hostile }]),
    { type: 'table', columns: [{}], rows: [[hostile]] },
    { type: 'json', value: { text: hostile } },
  ])
  for (const line of linesOf(text)) expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u)
})
