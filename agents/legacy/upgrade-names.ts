import { parseQuestionId } from '../snapshot/question-id.ts'
import { upgradePrecondition } from './upgrade-precondition.ts'
import { upgradePredicate } from './upgrade-predicate.ts'
import {
  RENAMED_CODES,
  RENAMED_FIELDS,
  RENAMED_METHODS,
  RENAMED_OUTCOMES,
  RENAMED_QUESTIONS,
  RENAMED_STATES,
  RENAMED_TOOLS,
} from './version-0-1.ts'

/** Members with text of others: labels, arguments and results of tools, values that were read. They hold none of our names. */
const FOREIGN = new Set(['annotations', 'args', 'diff', 'labels', 'object', 'result', 'value'])

/** Members of a verification that hold predicates. */
const PREDICATES = new Set(['recovered', 'unrelatedAlerts', 'worse'])

const RENAMED_VALUES: Record<string, Record<string, string>> = {
  code: RENAMED_CODES,
  method: RENAMED_METHODS,
  outcome: RENAMED_OUTCOMES,
  state: RENAMED_STATES,
  tool: RENAMED_TOOLS,
}

/** The current name for a stored one; the name itself if it was not renamed. */
export function upgradeName(renamed: Record<string, string>, name: string): string {
  return Object.hasOwn(renamed, name) ? (renamed[name] ?? name) : name
}

/** A stored verdict, proposal, verification or report with current names. One that has them already stays as it is. */
export function upgradeNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(upgradeNames)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => upgradeMember(key, member)))
}

/** The current id of a question of version 0.1. */
export function upgradeQuestionId(id: string): string {
  const [, tool, digest] = /^model\/([^/]+)\/(.+)$/.exec(id) ?? []
  if (tool !== undefined) return `model/${upgradeName(RENAMED_TOOLS, tool)}/${digest}`
  const [old, today] = Object.entries(RENAMED_QUESTIONS).find(([prefix]) => id.startsWith(prefix)) ?? ['', '']
  return today + id.slice(old.length)
}

/** An unread question, with the missing part of the answer that version 0.1 appended to the id. */
export function upgradeUnread(unread: { question: string; part?: string }): {
  question: string
  part?: string
} {
  const question = upgradeQuestionId(unread.question)
  if (unread.part !== undefined || parseQuestionId(question) !== null) return { ...unread, question }
  const slash = question.lastIndexOf('/')
  const whole = question.slice(0, slash)
  return parseQuestionId(whole) === null
    ? { ...unread, question }
    : { ...unread, question: whole, part: question.slice(slash + 1) }
}

function upgradeMember(key: string, member: unknown): [string, unknown] {
  const today = upgradeName(RENAMED_FIELDS, key)
  if (FOREIGN.has(key)) return [today, member]
  if (typeof member === 'string') {
    if (key === 'question') return [today, upgradeQuestionId(member)]
    return [today, upgradeName(RENAMED_VALUES[key] ?? {}, member)]
  }
  if (key === 'unread' && Array.isArray(member)) return [today, member.map(upgradeLack)]
  if (key === 'questions' && Array.isArray(member)) return [today, member.map(upgradeQuestion)]
  const upgraded = upgradeNames(member)
  if (PREDICATES.has(today) && Array.isArray(upgraded))
    return [today, upgraded.map(predicate => upgradePredicate(predicate, today))]
  if (today === 'preconditions' && Array.isArray(upgraded)) return [today, upgraded.map(upgradePrecondition)]
  return [today, upgraded]
}

function upgradeQuestion(question: unknown): unknown {
  const upgraded: { id?: unknown } = Object(upgradeNames(question))
  return typeof upgraded.id === 'string' ? { ...upgraded, id: upgradeQuestionId(upgraded.id) } : upgraded
}

function upgradeLack(lack: unknown): unknown {
  return isUnread(lack) ? upgradeUnread({ ...lack }) : lack
}

function isUnread(value: unknown): value is { question: string; part?: string } {
  return (
    typeof value === 'object' && value !== null && 'question' in value && typeof value.question === 'string'
  )
}
