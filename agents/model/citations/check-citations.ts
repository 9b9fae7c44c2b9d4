import type { Evidence } from '@goalixa/tools/evidence'
import type { Verdict } from '../../incident/verdict.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { areLinked } from './are-linked.ts'
import { escapePattern, extractFacts, type Facts, isMentioned } from './extract-facts.ts'
import { findUnknownNames } from './find-unknown-names.ts'
import { findUnprovenNumbers } from './find-unproven-numbers.ts'
import { knownNames } from './known-names.ts'

/** One sentence of a story with what it rests on. `hops` are the calls that it says it tells of, from caller to callee. */
export type Claim = { message: string; evidence: string[]; hops?: { from: string; to: string }[] }
export type Checked = { kept: Claim[]; dropped: { claim: Claim; because: string }[] }

/**
 * Separates claims that may be printed from those that may not. What a sentence names is taken from the sentence, not from
 * what its author says about it. It is dropped if it cites nothing, or what does not exist or could not be read; if what it
 * cites does not tell of each service and object that it names, of the calls between them, and of its numbers; if it names
 * what nobody knows; or if it explains and cites nothing that the verdict's cause rests on.
 */
export function checkCitations(
  claims: Claim[],
  evidence: readonly Evidence[],
  snapshot: Snapshot,
  verdict: Verdict,
): Checked {
  const known = knownNames(snapshot)
  const checked = claims.map(claim => ({
    claim,
    because: unreadIn(claim, evidence) ?? unfoundedIn(claim, { evidence, snapshot, verdict, known }),
  }))
  return {
    kept: checked.filter(result => result.because === null).map(result => result.claim),
    dropped: checked.flatMap(({ claim, because }) => (because === null ? [] : [{ claim, because }])),
  }
}

function unreadIn(claim: Claim, evidence: readonly Evidence[]): string | null {
  if (claim.evidence.length === 0) return 'it cites no evidence'
  for (const id of claim.evidence) {
    const found = evidence.find(answer => answer.id === id)
    if (found === undefined) return `${id} does not exist`
    if (found.outcome === 'unread') return `${id} could not be read`
  }
  return null
}

type World = {
  evidence: readonly Evidence[]
  snapshot: Snapshot
  verdict: Verdict
  known: ReturnType<typeof knownNames>
}

function unfoundedIn({ message, evidence: cited, hops = [] }: Claim, world: World): string | null {
  const { evidence, snapshot, verdict, known } = world
  const read = extractFacts(
    evidence
      .filter(answer => cited.includes(answer.id))
      .map(({ question: { id, tool, args }, result }) => [id, tool, args, result]),
  )
  // The alert was delivered, and what the engine derived from these reads rests on them.
  const given = together(read, extractFacts([snapshot.scope, ...derivedFrom(cited, verdict)]))
  const named = namesIn(message, known.all)
  const untouched = named.find(name => !isMentioned(name, read))
  if (untouched !== undefined) return `nothing it cites tells of ${untouched}`
  const links = known.links.filter(link => cited.includes(link.evidence))
  const unread = hops.find(
    hop => !links.some(link => link.from === lower(hop.from) && link.to === lower(hop.to)),
  )
  if (unread !== undefined) return `nothing it cites shows that ${unread.from} calls ${unread.to}`
  const services = named.filter(name => known.services.has(name))
  if (!isOneList(message, services) && !areLinked(services, links))
    return `nothing it cites links ${services.join(' and ')}`
  const [strange] = findUnknownNames(message, given)
  if (strange !== undefined) return `nothing it cites knows ${strange}`
  const [unproven] = findUnprovenNumbers(message, given)
  if (unproven !== undefined) return `nothing it cites has the number ${unproven}`
  const isAside = EXPLAINS.test(message) && verdict.outcome === 'cause' && !restsOn(verdict, cited)
  return isAside ? "it explains, and cites nothing that the verdict's cause rests on" : null
}

const EXPLAINS =
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

/** Whether they are only told off one after another, as in "a, b and c are healthy": that links none with another. */
function isOneList(message: string, services: string[]): boolean {
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

function restsOn({ causes: [cause] }: Verdict, cited: string[]): boolean {
  const rests = [...(cause?.chain ?? []), ...(cause?.for ?? []), ...(cause?.change ? [cause.change] : [])]
  return rests.some(rest => rest.evidence.some(id => cited.includes(id)))
}

function together(left: Facts, right: Facts): Facts {
  return { text: `${left.text}\n${right.text}`, numbers: [...left.numbers, ...right.numbers] }
}

function lower(text: string): string {
  return text.toLowerCase()
}
