import { digestInSteps, digestOf } from '@goalixa/chassis/canonical-json'
import { ExpectedError } from '@goalixa/chassis/errors'
import { pluralize } from '@goalixa/chassis/pluralize'
import { z } from 'zod'
import { findTool } from './catalog.ts'
import type { Clients } from './clients.ts'
import { clipText, isJsonText } from './clip-text.ts'
import { escapeControlCharacters } from './escape-control-characters.ts'
import type { Cut, Evidence, Question } from './evidence.ts'
import { LIMITS } from './limits.ts'
import { processInSlices, withReadScope } from './read-scope.ts'
import { rebuildJson } from './rebuild-json.ts'
import { redactInSteps, redactText } from './redact.ts'
import type { Steps } from './slices/run-in-slices.ts'
import type { ReadTool } from './tool.ts'
import { truncateJsonInSteps } from './truncate-json.ts'

/** Evidence before the store has numbered it. */
export type UnsavedEvidence = Omit<Evidence, 'id'>

/** Where evidence is kept. */
export type EvidenceStore = {
  find(investigationId: string, questionId: string): Promise<Evidence | undefined>
  /** Stores the evidence under its number, or returns what is already stored for its question: the first writer wins. */
  save(investigationId: string, evidence: UnsavedEvidence): Promise<Evidence>
}

export type ReadLimits = { deadlineMs: number; stringChars: number; totalChars: number }
type Deps = { clients: Clients; store: EvidenceStore; now?: () => Date; limits?: Partial<ReadLimits> }
type Context = { investigationId: string; signal: AbortSignal }

const NULL_DIGEST = digestOf(null)
const DEFAULTS: ReadLimits = { deadlineMs: 10_000, stringChars: 4_000, totalChars: 1_000_000 }

/** Reads through tools: each question of an investigation exactly once, under a deadline; redacted, truncated and stored. */
export function createRecorder({ clients, store, now = () => new Date(), limits = {} }: Deps) {
  const readLimits = { ...DEFAULTS, ...limits }
  return {
    /**
     * The answer to a question, or why it could not be read. Throws only the caller's own abort and failures of the
     * store.
     */
    async read(question: Question, { investigationId, signal }: Context): Promise<Evidence> {
      const known = await store.find(investigationId, question.id)
      if (known) return known
      const at = now()
      const begun = performance.now()
      const recordedAnswer = await answer(question, clients, readLimits, signal)
      return store.save(investigationId, {
        question,
        at: at.toISOString(),
        tookMs: Math.round(performance.now() - begun),
        ...recordedAnswer,
      })
    },
  }
}

type Answer = Pick<Evidence, 'outcome' | 'result' | 'digest' | 'cut' | 'reason'>

async function answer(
  question: Question,
  clients: Clients,
  limits: ReadLimits,
  signal: AbortSignal,
): Promise<Answer> {
  const deadline = AbortSignal.timeout(limits.deadlineMs)
  try {
    const tool = readToolOf(question.tool)
    const input = inputOf(tool, question.args)
    const stop = AbortSignal.any([signal, deadline])
    return await readWithin(tool, input, clients, limits, stop)
  } catch (error) {
    signal.throwIfAborted()
    return unread(deadline.aborted ? deadlineError(limits) : error)
  }
}

function readToolOf(name: string): ReadTool {
  const tool = findTool(name)
  if (tool.effect === 'read') return tool
  throw new ExpectedError(
    'forbidden',
    'NOT_A_READ',
    `${name} is a write tool; a question may only name a read tool.`,
  )
}

function inputOf(tool: ReadTool, args: unknown): unknown {
  const parsed = tool.input.safeParse(args)
  if (parsed.success) return parsed.data
  throw new ExpectedError('invalid', 'BAD_ARGUMENTS', `${tool.name}: ${z.prettifyError(parsed.error)}`)
}

function readWithin(
  tool: ReadTool,
  input: unknown,
  clients: Clients,
  limits: ReadLimits,
  signal: AbortSignal,
): Promise<Answer> {
  return withReadScope(signal, async (cut, stop) => {
    const result = await tool.run(input, clients, stop)
    return processInSlices(recordInSteps(result, cut, limits, tool.newestAt), stop)
  })
}

function* recordInSteps(
  result: unknown,
  lost: Cut[],
  limits: ReadLimits,
  newestAt: 'start' | 'end' | undefined,
): Steps<Answer> {
  const textChars = Math.max(LIMITS.textChars, 4 * limits.stringChars)
  // Through JSON, so that what is analysed now is what a replay reads from the store.
  const json = yield* rebuildJson(result, {
    text: (text, place, cut) => (isJsonText(text) ? text : clipText(text, textChars, place, cut)),
  })
  // Long lists are truncated first, so that a huge response need not be searched for secrets. Strings stay longer until then: half
  // a secret would not be recognised.
  const roughLimits = { stringChars: Number.POSITIVE_INFINITY, totalChars: 4 * limits.totalChars }
  const rough = yield* truncateJsonInSteps(json.value, roughLimits, newestAt)
  const safe = yield* redactInSteps(rough.value ?? json.value, {
    prepare: escapeControlCharacters,
    textChars,
  })
  const { value, cut } = yield* truncateJsonInSteps(safe.value, limits, newestAt)
  if (value === null && safe.value !== null) return unread(tooLarge(limits))
  return {
    outcome: 'read',
    result: value,
    digest: yield* digestInSteps(value),
    cut: limitCuts([...lost, ...json.cut, ...rough.cut, ...safe.cut, ...cut]),
    reason: null,
  }
}

// A diagnosis needs to know which lists are incomplete; of truncated texts a sample is enough, because each ends in an ellipsis.
function limitCuts(cut: Cut[]): Cut[] {
  const isOfList = ({ unit }: Cut) => unit === 'items' || unit === 'bytes'
  return [...cut.filter(isOfList).slice(0, 500), ...cut.filter(entry => !isOfList(entry)).slice(0, 100)]
}

function unread(error: unknown): Answer {
  const code = error instanceof ExpectedError ? error.code : 'TOOL_FAILED'
  const raw = error instanceof Error ? error.message : String(error)
  const message = redactText(escapeControlCharacters(raw.slice(0, LIMITS.textChars))).slice(0, 1_000)
  return { outcome: 'unread', result: null, digest: NULL_DIGEST, cut: [], reason: { code, message } }
}

function deadlineError({ deadlineMs }: ReadLimits): ExpectedError {
  return new ExpectedError(
    'unavailable',
    'DEADLINE',
    `No answer within ${pluralize(deadlineMs / 1000, 'second')}.`,
  )
}

function tooLarge({ totalChars }: ReadLimits): ExpectedError {
  return new ExpectedError(
    'too-large',
    'RESULT_TOO_LARGE',
    `The result is larger than ${totalChars} characters, and no list in it can be shortened.`,
  )
}
