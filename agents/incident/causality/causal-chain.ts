import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import type { AlertFact } from '../../snapshot/snapshot.ts'
import { compareStrings } from '../../snapshot/text/compare-strings.ts'
import { isSameAlert } from '../analysers/alerts.ts'
import { cardOf } from '../analysers/registry.ts'
import type { Finding } from '../finding.ts'
import { rankOf } from '../findings/layers.ts'
import { canCause } from './can-cause.ts'
import { isOnOtherNode } from './is-affected-by-node.ts'
import { isRecent } from './is-recent.ts'

/** What follows from one root. */
export type Chain = {
  root: Finding
  /** One path from the root to the symptom. */
  links: Finding[]
  /** All that follows from the root, on this path or beside it. */
  explained: Finding[]
  /** The alerts of the scope that follow from the root. */
  alerts: AlertFact[]
}

/** The chains from each root, a finding that no other cause explains, to the symptom. */
export function findCausalChains(view: SnapshotView, findings: Finding[], symptoms: Finding[]): Chain[] {
  const strict = linkFindings(view, findings, symptoms, false)
  return strict.length > 0 ? strict : linkFindings(view, findings, symptoms, true)
}

function linkFindings(
  view: SnapshotView,
  findings: Finding[],
  symptoms: Finding[],
  isLoose: boolean,
): Chain[] {
  // Where impact was measured at the alert's own service, the path to the alert leads through that measurement.
  const measured = new Set(
    findings
      .filter(({ code }) => ['calls', 'user-impact'].includes(cardOf(code).layer))
      .map(finding => finding.service),
  )
  const above = new Map(
    findings.map(a => [a, findings.filter(b => canCause(view, a, b, isLoose && !measured.has(b.service)))]),
  )
  const explainers = (b: Finding) => findings.filter(a => above.get(a)?.includes(b))
  const reach = new Map(findings.map(a => [a, descendantsOf(a, above)]))
  const roots = findings.filter(
    finding =>
      cardOf(finding.code).cause !== null &&
      isRecent(view, finding) &&
      explainers(finding).every(other => cardOf(other.code).cause === null || reach.get(finding)?.has(other)),
  )
  return roots.flatMap(root => {
    const explained = reach.get(root) ?? new Set()
    const symptom = symptoms.find(
      symptom =>
        (symptom === root || explained.has(symptom)) &&
        !(root.subject.kind === 'Node' && isOnOtherNode(view, root.subject.name, symptom)),
    )
    if (symptom === undefined) return []
    const links = findPath(view, root, symptom, above, reach)
    return [{ root, links, explained: [...explained], alerts: alertsIn(view, [root, ...explained]) }]
  })
}

function alertsIn({ scope }: SnapshotView, findings: Finding[]): AlertFact[] {
  const firing = findings.flatMap(({ detail }) => (detail?.kind === 'alert' ? [detail.labels] : []))
  return scope.alerts.filter(alert => firing.some(labels => isSameAlert(alert, labels)))
}

function descendantsOf(start: Finding, above: Map<Finding, Finding[]>): Set<Finding> {
  const seen = new Set<Finding>()
  const queue = [...(above.get(start) ?? [])]
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (seen.has(next) || next === start) continue
    seen.add(next)
    queue.push(...(above.get(next) ?? []))
  }
  return seen
}

/** The path from the root upwards: each step goes to the lowest finding that still leads to the symptom, in the same service first. */
function findPath(
  view: SnapshotView,
  root: Finding,
  symptom: Finding,
  above: Map<Finding, Finding[]>,
  reach: Map<Finding, Set<Finding>>,
): Finding[] {
  const links = [root]
  let last = root
  while (last !== symptom) {
    const steps = (above.get(last) ?? []).filter(
      finding => !links.includes(finding) && (finding === symptom || reach.get(finding)?.has(symptom)),
    )
    const cost = (finding: Finding) =>
      rankOf(cardOf(finding.code).layer) +
      (finding.service === last.service || last.service === null ? 0 : 10) +
      (finding === symptom ? 20 : 0)
    const [next] = steps.toSorted((a, b) => cost(a) - cost(b) || compareStrings(a.code, b.code))
    if (next === undefined) break
    links.push(citeCall(view, last, next))
    last = next
  }
  return links
}

/** A link from one service to another rests on the call between them, so its evidence is cited too. */
function citeCall(view: SnapshotView, from: Finding, to: Finding): Finding {
  const target = from.service ?? from.subject.name
  if (to.service === null || to.service === target) return to
  const calls = view.edges.filter(
    edge =>
      (edge.from === to.service && edge.to === target) || (edge.from === target && edge.to === to.service),
  )
  return { ...to, evidence: [...new Set([...to.evidence, ...calls.slice(0, 1).map(call => call.evidence)])] }
}
