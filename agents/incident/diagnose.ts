import { indexSnapshot, type SnapshotView } from '../snapshot/index-snapshot.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { compareStrings } from '../snapshot/text/compare-strings.ts'
import { stripControlCharacters } from '../snapshot/text/strip-control-characters.ts'
import { cardOf } from './analysers/registry.ts'
import { runAnalysers } from './analysers/run-analysers.ts'
import { type Chain, findCausalChains } from './causality/causal-chain.ts'
import { citeChange, findContributingChange, listRuledOutChanges } from './causality/change-attribution.ts'
import { findSymptoms } from './causality/symptoms.ts'
import { createCitationCheck } from './citation-check.ts'
import { scoreConfidence } from './confidence/score-confidence.ts'
import { weighEvidence } from './confidence/weigh-evidence.ts'
import type { Finding } from './finding.ts'
import { isBelow, rankOf } from './findings/layers.ts'
import { decideOutcome } from './outcome.ts'
import type { Cause, Verdict } from './verdict.ts'

/** Everything that follows from one snapshot. Computed once a round and passed on; only the verdict is stored. */
export type Diagnosis = {
  view: SnapshotView
  findings: Finding[]
  /** `chains[i]` is what `verdict.causes[i]` rests on, with all that it explains. */
  chains: Chain[]
  verdict: Verdict
}

/**
 * The diagnosis of a snapshot, as a pure function. Findings are linked into causal chains from a root to the symptom;
 * confidence is scored from the arguments for and against. Whatever cites no evidence is dropped.
 */
export function diagnose(snapshot: Snapshot): Diagnosis {
  return diagnoseView(indexSnapshot(snapshot))
}

/** The same of a snapshot that is indexed already. */
export function diagnoseView(view: SnapshotView): Diagnosis {
  const isCited = createCitationCheck(view.snapshot)
  const findings = runAnalysers(view).filter(isCited)
  const symptoms = findSymptoms(view, findings)
  const chains = findCausalChains(view, findings, symptoms)
  const judged = chains
    .map(chain => ({ chain, ...judgeChain(view, chain, findings, chains) }))
    .filter(({ cause }) => cause.chain.every(isCited))
    .toSorted((a, b) => b.cause.confidence - a.cause.confidence || compareDepth(a.chain, b.chain))
  const { outcome, message } = decideOutcome(view, {
    causes: judged.map(({ cause }) => cause),
    findings,
    symptoms,
  })
  const accepted = outcome === 'no-fault' ? [] : judged
  const verdict: Verdict = {
    outcome,
    message,
    causes: accepted.map(({ cause }) => ({
      ...cause,
      change: cause.change !== null && isCited(cause.change) ? cause.change : null,
      for: cause.for.filter(isCited),
      against: cause.against.filter(isCited),
    })),
    ruledOut: [...listRuledOutChanges(view, accepted), ...listRuledOutFindings(findings, accepted)].filter(
      isCited,
    ),
    findings,
    unread: view.snapshot.unread.map(({ question, part, tool, code, reason }) => ({
      question,
      ...(part === undefined ? {} : { part }),
      tool,
      ...(code === undefined ? {} : { code }),
      reason,
    })),
  }
  return {
    view,
    findings,
    chains: accepted.map(({ chain }) => chain),
    verdict: stripControlCharacters(verdict),
  }
}

function judgeChain(view: SnapshotView, chain: Chain, findings: Finding[], chains: Chain[]) {
  const { root, links } = chain
  const change = findContributingChange(view, chain)
  const { for: pro, against } = weighEvidence({ view, chain, change, findings, chains })
  const judged: Cause = {
    code: causeCodeOf(root, change),
    subject: root.subject,
    service: root.service,
    confidence: scoreConfidence({ for: pro, against }),
    message: root.message,
    chain: links,
    change: change === null ? null : citeChange(view, change),
    for: pro,
    against,
  }
  return { change, cause: judged }
}

function causeCodeOf(root: Finding, change: Snapshot['changes'][number] | null): Cause['code'] {
  const { cause } = cardOf(root.code)
  if (cause === null)
    throw new Error(`${root.code} is the root of a chain, but its card declares no cause. Give it one.`)
  const isRelease = change?.kind === 'rollout' || change?.kind === 'sync'
  return (isRelease ? cause.release : undefined) ?? cause.plain
}

/** Of equally likely roots the deeper one comes first, then the order is by name, so that it never depends on chance. */
function compareDepth(a: Chain, b: Chain): number {
  const depth = rankOf(cardOf(a.root.code).layer) - rankOf(cardOf(b.root.code).layer)
  return (
    depth || compareStrings(`${a.root.code}${a.root.subject.name}`, `${b.root.code}${b.root.subject.name}`)
  )
}

/** Findings of faults that do not lead to the symptom. */
function listRuledOutFindings(findings: Finding[], judged: { chain: Chain }[]): Verdict['ruledOut'] {
  if (judged.length === 0) return []
  const involved = new Set(judged.flatMap(({ chain }) => [chain.root, ...chain.explained]))
  return findings
    .filter(finding => !involved.has(finding) && isBelow(cardOf(finding.code).layer, 'calls'))
    .map(finding => ({
      subject: finding.subject,
      message: `${finding.message}: ruled out, as it does not lead to the symptom`,
      evidence: finding.evidence,
    }))
}
