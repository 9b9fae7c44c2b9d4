import { joinWords } from '@goalixa/chassis/join-words'
import type { Evidence } from '@goalixa/tools/evidence'
import type { Verdict } from '../../incident/verdict.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { areLinked } from './are-linked.ts'
import { collectNames } from './collect-names.ts'
import { escapePattern, extractFacts, type Facts, isMentioned } from './extract-facts.ts'
import { findUnknownNames } from './find-unknown-names.ts'
import { findUnprovenNumbers } from './find-unproven-numbers.ts'

/** One sentence of a narrative with its evidence. `hops`: the calls that it claims to mention, from caller to callee. */
export type Claim = { message: string; evidence: string[]; hops?: { from: string; to: string }[] }
/** Claims that may be shown, and the others with the reason as a clause. */
export type CheckedClaims = { kept: Claim[]; dropped: { claim: Claim; reason: string }[] }

/**
 * Keeps the claims whose evidence supports them. The names in a claim are taken from its sentence, not from what its author
 * declares. A claim is dropped if it cites nothing, or evidence that does not exist or was not read; if its evidence does not
 * contain every service, object, call and number that it mentions; if it contains a name that no evidence knows; or if it
 * names a reason without citing evidence for the cause of the verdict.
 */
export function checkCitations(
  claims: Claim[],
  evidence: readonly Evidence[],
  snapshot: Snapshot,
  verdict: Verdict,
): CheckedClaims {
  const known = collectNames(snapshot)
  const checked = claims.map(claim => ({
    claim,
    reason:
      findMissingEvidence(claim, evidence) ??
      findUnsupportedPart(claim, { evidence, snapshot, verdict, known }),
  }))
  return {
    kept: checked.filter(({ reason }) => reason === null).map(({ claim }) => claim),
    dropped: checked.flatMap(({ claim, reason }) => (reason === null ? [] : [{ claim, reason }])),
  }
}

/** Why the citations of a claim are not usable, or null if they are. */
function findMissingEvidence(claim: Claim, evidence: readonly Evidence[]): string | null {
  if (claim.evidence.length === 0) return 'the claim cites no evidence'
  for (const id of claim.evidence) {
    const found = evidence.find(answer => answer.id === id)
    if (found === undefined) return `${id} does not exist`
    if (found.outcome === 'unread') return `${id} could not be read`
  }
  return null
}

type Context = {
  evidence: readonly Evidence[]
  snapshot: Snapshot
  verdict: Verdict
  known: ReturnType<typeof collectNames>
}

/** What a claim mentions without support in its evidence, as a clause; null if everything is supported. */
function findUnsupportedPart(
  { message, evidence: cited, hops = [] }: Claim,
  { evidence, snapshot, verdict, known }: Context,
): string | null {
  const read = extractFacts(
    evidence
      .filter(answer => cited.includes(answer.id))
      .map(({ question: { id, tool, args }, result }) => [id, tool, args, result]),
  )
  // The scope of the alert, and what the engine derived from the cited reads, count as known too.
  const given = combineFacts(read, extractFacts([snapshot.scope, ...derivedFrom(cited, verdict)]))
  const named = namesIn(message, known.all)
  const unmentioned = named.find(name => !isMentioned(name, read))
  if (unmentioned !== undefined) return `the evidence does not mention ${unmentioned}`
  const links = known.links.filter(link => cited.includes(link.evidence))
  const unsupported = hops.find(
    hop => !links.some(link => link.from === lower(hop.from) && link.to === lower(hop.to)),
  )
  if (unsupported !== undefined)
    return `the evidence does not show that ${unsupported.from} calls ${unsupported.to}`
  const services = named.filter(name => known.services.has(name))
  if (!isPlainList(message, services) && !areLinked(services, links))
    return `the evidence does not link ${joinWords(services)}`
  const [unknown] = findUnknownNames(message, given)
  if (unknown !== undefined) return `the evidence does not contain the name ${unknown}`
  const [unproven] = findUnprovenNumbers(message, given)
  if (unproven !== undefined) return `the evidence does not contain the number ${unproven}`
  const isUnsupportedReason =
    CAUSAL_WORDS.test(message) && verdict.outcome === 'cause' && !citesCause(verdict, cited)
  return isUnsupportedReason
    ? 'the claim names a reason, but cites no evidence for the cause of the verdict'
    : null
}

const CAUSAL_WORDS =
  /\b(?:because|due to|owing to|caus(?:e[sd]?|ing)|leads? to|led to|results? in|resulted in|triggers?|triggered|responsible|to blame|reason)\b/i

function namesIn(message: string, known: Set<string>): string[] {
  // The path of an image names its project, not a service.
  const words =
    message
      .toLowerCase()
      .replace(/\S+\/\S+[:@]\S+/g, '')
      .match(/[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?/g) ?? []
  // `core.shop.svc` names core.
  const names = words.flatMap(word => [word, word.split('.')[0] ?? word])
  return [...new Set(names)].filter(name => known.has(name))
}

/** Whether a sentence only lists the services, as in "a, b and c are healthy", which links none of them to another. */
function isPlainList(message: string, services: string[]): boolean {
  const anyone = `(?:${services.map(escapePattern).join('|')})`
  const list = new RegExp(`(?<![\\w-])${anyone}(?:\\s*(?:,|and|or|, and)\\s*${anyone})*(?![\\w-])`, 'gi')
  return [...message.matchAll(list)].length === 1
}

function derivedFrom(cited: string[], { findings, causes, ruledOut }: Verdict) {
  const all = causes.flatMap(cause => [
    ...cause.chain,
    ...cause.for,
    ...cause.against,
    ...(cause.change ? [cause.change] : []),
  ])
  return [...findings, ...ruledOut, ...all].filter(claim => claim.evidence.some(id => cited.includes(id)))
}

function citesCause({ causes: [cause] }: Verdict, cited: string[]): boolean {
  const parts = [...(cause?.chain ?? []), ...(cause?.for ?? []), ...(cause?.change ? [cause.change] : [])]
  return parts.some(part => part.evidence.some(id => cited.includes(id)))
}

function combineFacts(left: Facts, right: Facts): Facts {
  return { text: `${left.text}\n${right.text}`, numbers: [...left.numbers, ...right.numbers] }
}

function lower(text: string): string {
  return text.toLowerCase()
}
