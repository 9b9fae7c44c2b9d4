import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ANALYSERS } from '@goalixa/agents/incident/analysers/registry'
import type { FindingCard } from '@goalixa/agents/incident/findings/finding-card'
import { presentationOf, TIMELINE_KINDS, type TimelineKind } from '@goalixa/agents/report/timeline-kinds'
import { SIGNALS } from '@goalixa/agents/signals/signals'
import { DATABASE_STATES } from '@goalixa/chassis/database-states'
import { SyntraConfig } from '@goalixa/syntra/config'
import { allTools } from '@goalixa/tools/catalog'
import { LIMIT_MEANINGS, LIMITS } from '@goalixa/tools/limits'
import { z } from 'zod'
import { describeApi } from './describe-api.ts'
import { ERROR_CODES } from './error-codes.ts'

/** The generated reference pages by file name, in Markdown. Each is made from the definitions that the code runs on. */
export async function referencePages(): Promise<Record<string, string>> {
  return {
    'settings.md': page('Settings of Syntra', 'syntra/config.ts', settings()),
    'tools.md': page('Tools', 'tools/catalog.ts', tools()),
    'limits.md': page('Limits of reads', 'tools/limits.ts', limits()),
    'findings.md': page('Findings and causes', 'agents/incident/analysers', findings()),
    'signals.md': page('Signals', 'agents/signals/signals.ts', signals()),
    'api.md': page('HTTP API of Syntra', 'syntra/register-routes.ts', await describeApi()),
    'database-states.md': page('States of a database', 'chassis/database-states.ts', databaseStates()),
    'error-codes.md': page('Error codes of reads and steps', 'docs/reference/error-codes.ts', errorCodes()),
    'timeline.md': page('Timeline kinds', 'agents/report/timeline-kinds.ts', timeline()),
  }
}

function page(title: string, source: string, body: string): string {
  return `# ${title}\n\nGenerated from \`${source}\` by \`npm run docs\`; do not edit.\n\n${body}\n`
}

function settings(): string {
  const { properties = {}, required = [] } = z.toJSONSchema(SyntraConfig, {
    io: 'input',
    unrepresentable: 'any',
  })
  const rows = Object.entries(properties).map(([name, schema]) => {
    const { description = '', default: standard } = schema as { description?: string; default?: unknown }
    const isRequired = required.includes(name)
    return [code(name), description, isRequired ? '**required**' : defaultText(standard)]
  })
  return `Both processes, \`syntra/api.ts\` and \`syntra/worker.ts\`, read these from the environment. An invalid value prevents startup.\n\n${table(['setting', 'meaning', 'default'], rows)}`
}

function defaultText(standard: unknown): string {
  return standard === undefined || standard === '' ? 'unset' : code(String(standard))
}

function tools(): string {
  const rows = allTools.map(tool => [
    code(tool.name),
    tool.description,
    tool.effect === 'write' ? `write, ${tool.risk}` : 'read',
    argumentsOf(tool.input),
  ])
  return table(['tool', 'what it does', 'effect', 'arguments'], rows)
}

function databaseStates(): string {
  const rows = Object.entries(DATABASE_STATES).map(([name, { cause, effect, remedy }]) => [
    code(name),
    cause,
    effect,
    remedy,
  ])
  return `${STATES_INTRODUCTION}\n\n${table(['code', 'when', 'what the service does', 'what to do'], rows)}`
}

const STATES_INTRODUCTION = `While PostgreSQL cannot do the work, a service answers 503 with one of these codes and \`Retry-After\`, and \`/readyz\` shows the code if it is not ready. The service checks the
database twice a second and recovers by itself; no investigation or step fails because of it. \`POOL_EXHAUSTED\` is not a state of the database: all connections of the process are in use, and none became free in time.`

function errorCodes(): string {
  const rows = Object.entries(ERROR_CODES).map(([name, { cause, remedy }]) => [code(name), cause, remedy])
  return `${CODES_INTRODUCTION}\n\n${table(['code', 'when', 'what to do'], rows)}`
}

const CODES_INTRODUCTION = `Why something could not be read, in the evidence and the report of an investigation, or why a step of an action failed or is repeated. A step may also have a code of its own tool, such as
\`REVERT_CHANGED\` or \`STATE_CHANGED\`, whose message says what was expected and what to do; and [one of the database](database-states.md).`

function limits(): string {
  const rows = Object.entries(LIMIT_MEANINGS).map(([name, meaning]) => [
    code(name),
    meaning,
    LIMITS[name as keyof typeof LIMITS].toLocaleString('en'),
  ])
  return `${LIMITS_INTRODUCTION}\n\n${table(['limit', 'meaning', 'value'], rows)}`
}

const LIMITS_INTRODUCTION = `A response from another system is limited while it is read. Beyond \`answerBytes\` or \`readBytes\` the connection is closed and the read is
recorded as unread with the code \`RESPONSE_TOO_LARGE\`. Beyond the other limits the rest is truncated: \`cut\` in the evidence names the place and how much was kept, and a
diagnosis concludes nothing from what an incomplete list lacks. A read that precedes a write must be complete: it fails with \`RESPONSE_TOO_LARGE\` instead.`

function argumentsOf(input: z.ZodType): string {
  const { properties = {}, required = [] } = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' })
  const names = Object.keys(properties).map(name => code(required.includes(name) ? name : `${name}?`))
  return names.join(', ') || '–'
}

function findings(): string {
  const rows = Object.values(ANALYSERS).flatMap(({ findings }) =>
    Object.entries<FindingCard>(findings).map(([name, card]) => [
      code(name),
      card.title,
      card.layer,
      [card.cause?.plain, card.cause?.release].flatMap(cause => (cause ? [code(cause)] : [])).join(', ') ||
        '–',
    ]),
  )
  return table(['finding', 'meaning', 'layer', 'cause, and cause where a release brought it'], rows)
}

function signals(): string {
  const rows = Object.entries(SIGNALS).map(([name, { why, unit, labels }]) => [
    code(name),
    why,
    unit,
    labels.map(code).join(', '),
  ])
  return table(['signal', 'meaning', 'unit', 'labels'], rows)
}

function timeline(): string {
  const rows = (Object.keys(TIMELINE_KINDS) as TimelineKind[]).map(kind => {
    const { severity, title, symbol, isNotified } = presentationOf(kind)
    return [code(kind), title, severity, symbol, isNotified ? 'yes' : '']
  })
  return table(['kind', 'shown as', 'severity', 'symbol', 'notified'], rows)
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

function code(text: string): string {
  return `\`${text}\``
}

if (import.meta.main) {
  for (const [name, text] of Object.entries(await referencePages()))
    await writeFile(join(import.meta.dirname, name), text)
}
