import { joinWords } from '@goalixa/chassis/join-words'
import { pluralize } from '@goalixa/chassis/pluralize'
import { findReleaseBefore } from '../../../snapshot/changes/find-release-before.ts'
import { secondsOf } from '../../../snapshot/clock.ts'
import { listClientNames, reachOf } from '../../../snapshot/dependency-reach.ts'
import type { SnapshotView } from '../../../snapshot/index-snapshot.ts'
import { CONNECTION_FAILURES, mergeNeeds, PODS } from '../../../snapshot/needs.ts'
import { cardOf } from '../../analysers/registry.ts'
import type { Finding } from '../../finding.ts'
import { isBelow } from '../../findings/layers.ts'
import { isExternalDependency } from '../../findings/subject.ts'
import { type ArgumentOf, type CheckContext, defineCheck } from '../define-check.ts'
import { isServiceFailing } from '../is-service-failing.ts'

/** Control groups, which are in the same situation without the root: old pods, other services, unchanged services, other clients. */
export const controlGroups = defineCheck({
  needs: mergeNeeds(PODS, CONNECTION_FAILURES, {
    signals: [
      'dependency-up',
      'dependency-up-by-revision',
      'error-ratio-by-revision',
      'latency-mean-by-revision',
    ],
  }),
  arguments: {
    OLD_REVISION_HEALTHY: 'for',
    OLD_REVISION_FAILING: 'against',
    NEW_REVISION_WORSE: 'for',
    OTHERS_HEALTHY: 'for',
    OTHERS_UNHEALTHY: 'against',
    SAME_FAULT_ELSEWHERE: 'against',
    UNREACHABLE_FOR_ALL: 'for',
    REACHED_BY_OTHERS: 'against',
  },
  run: context => [
    ...oldRevision(context),
    ...unaffectedServices(context),
    ...commonCause(context),
    ...dependencyReachability(context),
  ],
})

type RevisionCode = 'OLD_REVISION_HEALTHY' | 'OLD_REVISION_FAILING' | 'NEW_REVISION_WORSE'

/** Healthy old pods beside failing new ones are the strongest evidence against a release; failing old pods rule it out. */
function oldRevision({ view, chain: { root }, change }: CheckContext): ArgumentOf<RevisionCode>[] {
  const workload = view.workloadNamed(root.subject.name)
  if (change?.kind !== 'rollout' || workload === undefined) return []
  const [newest] = view.revisionsOf(workload)
  const pods = view.livePodsOf(workload)
  const old = pods.filter(pod => pod.revision !== newest?.hash)
  const fresh = pods.filter(pod => pod.revision === newest?.hash)
  if (old.length === 0 || fresh.length === 0) return revisionsOverTime(view, root)
  const isNewFailing = fresh.some(
    pod => pod.isReady === false || pod.containers.some(container => container.restarts > 0),
  )
  if (!isNewFailing) return []
  const evidence = [...new Set([...old, ...fresh].map(pod => pod.evidence))]
  const isOldHealthy = old.every(pod => pod.isReady !== false)
  if (!isOldHealthy)
    return [{ code: 'OLD_REVISION_FAILING', message: 'pods of the previous revision fail too', evidence }]
  const message = `${pluralize(old.length, 'pod')} of the previous revision ${old.length === 1 ? 'is' : 'are'} healthy, while new pods fail`
  return [{ code: 'OLD_REVISION_HEALTHY', message, evidence }]
}

/** Where no old pod is left, the series of both revisions are compared over time. */
function revisionsOverTime(view: SnapshotView, root: Finding): ArgumentOf<'NEW_REVISION_WORSE'>[] {
  const { revisionSignal, basis } = cardOf(root.code)
  if (revisionSignal === undefined || basis !== 'self-share') return []
  const compared = view.series(revisionSignal).filter(({ labels }) => labels.service === root.service)
  if (compared.length < 2) return []
  const evidence = [...new Set(compared.map(series => series.evidence))]
  const message = 'the metrics of the new revision are worse than those of the previous one'
  return [{ code: 'NEW_REVISION_WORSE', message, evidence }]
}

/** Services that the root does not reach should be healthy. */
function unaffectedServices({
  view,
  chain,
  findings,
}: CheckContext): ArgumentOf<'OTHERS_HEALTHY' | 'OTHERS_UNHEALTHY'>[] {
  const affected = servicesOf([chain.root, ...chain.explained])
  const others = new Set(
    view.workloads.map(workload => workload.service).filter(service => !affected.has(service)),
  )
  const failing = findings.filter(
    finding => finding.service !== null && others.has(finding.service) && isServiceFailing(finding),
  )
  if (failing.length > 0) {
    const names = joinWords([...servicesOf(failing)].filter(service => service !== null))
    const message = `services outside the reach of the cause are failing: ${names}`
    return [{ code: 'OTHERS_UNHEALTHY', message, evidence: evidenceOf(failing) }]
  }
  const healthy = view.workloads.filter(
    ({ service, ready, desired }) => others.has(service) && ready >= (desired ?? 0),
  )
  if (healthy.length === 0) return []
  const message = `services outside the reach of the cause are healthy: ${joinWords(healthy.map(({ name }) => name))}`
  const evidence = [...new Set(healthy.map(workload => workload.evidence))]
  return [{ code: 'OTHERS_HEALTHY', message, evidence }]
}

/** Unchanged services that developed the same fault at the same time suggest a common cause. */
function commonCause({
  view,
  chain: { root, explained },
  change,
  findings,
}: CheckContext): ArgumentOf<'SAME_FAULT_ELSEWHERE'>[] {
  if (change === null || isBelow(cardOf(root.code).layer, 'process-over-time')) return []
  const affected = servicesOf([root, ...explained])
  const twins = findings.filter(
    finding =>
      finding.service !== null &&
      !affected.has(finding.service) &&
      isSameFault(finding, root) &&
      isSameMoment(view, finding, root) &&
      findReleaseBefore(view, finding.service, secondsOf(finding.onset) ?? view.since) === null,
  )
  return [...Map.groupBy(twins, twin => twin.service)].map(([service, own]) => ({
    code: 'SAME_FAULT_ELSEWHERE',
    message: `${service}, which was not changed, developed the same fault at the same time`,
    evidence: evidenceOf(own),
  }))
}

/** The dependency or its client? What every other client of the dependency sees. */
function dependencyReachability({
  view,
  chain: { root },
}: CheckContext): ArgumentOf<'REACHED_BY_OTHERS' | 'UNREACHABLE_FOR_ALL'>[] {
  if (!isExternalDependency(root.subject)) return []
  const { name } = root.subject
  const { failing, reaching } = reachOf(view, name)
  const evidence = evidenceOf([...failing, ...reaching])
  if (evidence.length === 0) return []
  if (reaching.length > 0) {
    const message = `${listClientNames(reaching)} can reach ${name}, but ${listClientNames(failing) || 'others'} cannot`
    return [{ code: 'REACHED_BY_OTHERS', message, evidence }]
  }
  const isSeveral = new Set(failing.map(({ service, revision }) => `${service} ${revision}`)).size > 1
  const message = `none of its clients can reach ${name}: ${listClientNames(failing)}`
  return isSeveral ? [{ code: 'UNREACHABLE_FOR_ALL', message, evidence }] : []
}

function isSameFault(a: Finding, b: Finding): boolean {
  const { fault } = cardOf(a.code)
  return a.code === b.code || (fault !== undefined && fault === cardOf(b.code).fault)
}

function isSameMoment(view: SnapshotView, a: Finding, b: Finding): boolean {
  const [first, second] = [secondsOf(a.onset), secondsOf(b.onset)]
  return first !== null && second !== null && Math.abs(first - second) <= view.toleranceSeconds
}

function servicesOf(findings: Finding[]): Set<string | null> {
  return new Set(findings.map(finding => finding.service))
}

function evidenceOf(cited: { evidence: string[] }[]): string[] {
  return [...new Set(cited.flatMap(({ evidence }) => evidence))]
}
