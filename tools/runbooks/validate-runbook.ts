import { ExpectedError, type FieldFault } from '@goalixa/chassis/errors'
import { findTool } from '../catalog.ts'
import type { Tool } from '../tool.ts'
import { namesIn } from './expression.ts'
import { interpolate, placeholdersIn } from './interpolate.ts'
import type { RunbookCard } from './runbook.ts'

const RISKS = ['R0', 'R1', 'R2', 'R3', 'R4']

/** The faults of a card whose fields are all present: unknown names, CEL that does not parse, wrong arguments. */
export function validateRunbook(card: RunbookCard): FieldFault[] {
  const params = Object.keys(card.params)
  const facts = card.evidence.flatMap(row => Object.keys(row.extract))
  const evidence = card.evidence.flatMap((row, index) => [
    ...callFaults(`evidence.${index}`, row, 'read', params),
    ...Object.entries(row.extract).flatMap(([fact, expression]) =>
      expressionFaults(`evidence.${index}.extract.${fact}`, expression, ['result']),
    ),
  ])
  const actions = Object.entries(card.actions).flatMap(([name, action]) =>
    callFaults(`actions.${name}`, action, 'write', [...params, ...facts]),
  )
  const decide = card.decide.flatMap((row, index) => [
    ...expressionFaults(`decide.${index}.when`, row.when, facts),
    ...decisionFaults(`decide.${index}.then`, row.then, Object.keys(card.actions)),
  ])
  return [
    ...duplicateFaults(
      'evidence',
      card.evidence.map(row => row.id),
    ),
    ...duplicateFaults('extract', facts),
    ...evidence,
    ...decide,
    ...actions,
  ]
}

type ToolCall = { tool: string; args: RunbookCard['actions'][string]['args']; risk?: string }

function callFaults(field: string, call: ToolCall, effect: Tool['effect'], names: string[]): FieldFault[] {
  const tool = knownTool(call.tool)
  if (tool?.effect !== effect)
    return [{ field: `${field}.tool`, expected: `a ${effect} tool of the catalog, not "${call.tool}"` }]
  const unknown = placeholdersIn(call.args).filter(name => !names.includes(name))
  if (unknown.length > 0)
    return [
      {
        field: `${field}.args`,
        expected: `only ${names.join(', ') || 'no names'}, not ${unknown.join(', ')}`,
      },
    ]
  const risk =
    tool.effect === 'write' && RISKS.indexOf(call.risk ?? '') < RISKS.indexOf(tool.risk)
      ? [{ field: `${field}.risk`, expected: `at least ${tool.risk}, the risk of ${tool.name}` }]
      : []
  return [...risk, ...argumentFaults(`${field}.args`, tool, call.args)]
}

// Values are not known yet; sample texts that every name and time check accepts show whether the rest is valid.
function argumentFaults(field: string, tool: Tool, args: ToolCall['args']): FieldFault[] {
  const action = tool.effect === 'write' ? { actionId: 'a1' } : {}
  const samples = ['sample', '2026-01-01T00:00:00Z'].map(sample => {
    const values = Object.fromEntries(placeholdersIn(args).map(name => [name, sample]))
    return tool.input.safeParse({ ...interpolate(args, values), ...action })
  })
  if (samples.some(parsed => parsed.success)) return []
  const issues = samples[0]?.error?.issues ?? []
  return issues.map(issue => ({ field: [field, ...issue.path].join('.'), expected: issue.message }))
}

function expressionFaults(field: string, expression: string, names: string[]): FieldFault[] {
  try {
    const unknown = [...namesIn(expression)].filter(name => !names.includes(name))
    return unknown.length > 0
      ? [{ field, expected: `only ${names.join(', ') || 'no names'}, not ${unknown.join(', ')}` }]
      : []
  } catch (error) {
    return [
      {
        field,
        expected: `CEL: ${error instanceof Error ? error.message.split('\n')[0] : 'does not parse'}`,
      },
    ]
  }
}

function decisionFaults(field: string, then: string, actions: string[]): FieldFault[] {
  if (then === 'investigate' || actions.includes(then) || /^runbook\/[A-Za-z0-9-]+$/.test(then)) return []
  return [{ field, expected: `the name of an action, "runbook/<id>" or "investigate", not "${then}"` }]
}

function duplicateFaults(field: string, names: string[]): FieldFault[] {
  return names
    .filter((name, index) => names.indexOf(name) !== index)
    .map(name => ({ field, expected: `unique names; "${name}" appears twice` }))
}

function knownTool(name: string): Tool | undefined {
  try {
    return findTool(name)
  } catch (error) {
    if (error instanceof ExpectedError) return undefined
    throw error
  }
}
