import { secondsOf } from '../../snapshot/clock.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { mergeNeeds, PODS } from '../../snapshot/needs.ts'
import { isRecentRun } from '../../snapshot/objects/is-recent-run.ts'
import { isStarting } from '../../snapshot/objects/is-starting.ts'
import type { Pod } from '../../snapshot/objects/pod.ts'
import { type Probe, portsOf, probesOf } from '../../snapshot/objects/probe.ts'
import { quote } from '../../snapshot/text/quote.ts'
import type { FindingOf } from '../findings/finding-shape.ts'
import { mergeFindings } from '../findings/merge-findings.ts'
import { serviceOfPod, subjectOfPod } from '../findings/subject.ts'
import { POD_TEMPLATE } from './change-patterns.ts'
import { defineAnalyser } from './define-analyser.ts'
import { describeRestarts } from './describe-restarts.ts'

/**
 * Probes that fail. The previous revision's probe and the answer distinguish a misconfigured probe of a healthy process from
 * a process that reports that it is not ready.
 */
export const probes = defineAnalyser({
  needs: mergeNeeds(PODS, { reads: ['events'] }),
  findings: {
    READINESS_PROBE_FAILS: {
      title: 'The readiness probe is misconfigured; the process is healthy.',
      layer: 'setting',
      kind: 'process',
      basis: 'observation',
      effects: ['start'],
      cause: { plain: 'READINESS_PROBE_FAILS' },
      mechanism: /readinessProbe|ports|image/i,
      replay: 'beside-old-pods',
    },
    LIVENESS_PROBE_FAILS: {
      title: 'A container is killed because its liveness probe fails.',
      layer: 'process-over-time',
      kind: 'process',
      basis: 'observation',
      effects: ['slow', 'errors', 'down'],
      cause: { plain: 'LIVENESS_PROBE_FAILS' },
      mechanism: /livenessProbe|ports|image|env/i,
    },
    STARTUP_PROBE_FAILS: {
      title: 'A container is killed because its startup probe fails.',
      layer: 'process-over-time',
      kind: 'process',
      basis: 'observation',
      effects: ['start'],
      cause: { plain: 'STARTUP_PROBE_FAILS' },
      mechanism: /startupProbe|ports|image|env|resources/i,
    },
    NOT_READY: {
      title: 'A process reports that it is not ready.',
      layer: 'process-failure',
      kind: 'process',
      basis: 'observation',
      effects: ['start'],
      cause: { plain: 'PROCESS_NOT_READY' },
      mechanism: POD_TEMPLATE,
      canComeFromCallee: true,
      canComeFromNode: true,
      replay: 'beside-old-pods',
    },
  },
  run: view =>
    mergeFindings(
      view.pods
        .filter(pod => !pod.isDeleting && !pod.isCompleted)
        .flatMap(pod => [...findReadinessFailures(view, pod), ...findProbeKill(view, pod)]),
    ),
})

function findReadinessFailures(
  view: SnapshotView,
  pod: Pod,
): FindingOf<'READINESS_PROBE_FAILS' | 'NOT_READY'>[] {
  const isUp = pod.containers.some(container => !container.isInit && container.runningSince !== null)
  if (pod.isReady !== false || !isUp || notReadyFor(view, pod) < view.patienceSeconds) return []
  if (isStarting(view, pod)) return []
  const ready = pod.containers
    .filter(container => container.isReady === true)
    .map(container => container.name)
  const event = view
    .eventsOn('Pod', pod.name)
    .filter(event => event.reason === 'Unhealthy' && /readiness/i.test(event.message))
    // The API returns events in no particular order.
    .toSorted((a, b) => (secondsOf(a.lastAt) ?? 0) - (secondsOf(b.lastAt) ?? 0))
    .at(-1)
  const workload = view.workloadOfPod(pod)
  const previous = (workload === undefined ? [] : view.revisionsOf(workload)).find(
    revision => revision.hash !== pod.revision && revision.createdAt !== null,
  )
  const before = previous === undefined ? [] : probesOf(previous.template)
  return probesOf(pod.object)
    .filter(probe => probe.kind === 'readinessProbe' && !ready.includes(probe.container))
    .flatMap(probe => {
      const old = before.find(
        candidate => candidate.kind === probe.kind && candidate.container === probe.container,
      )
      const isChanged =
        old !== undefined &&
        (describeProbe(old) !== describeProbe(probe) || hasTighterTimeout(probe, old, event?.message))
      const isUndeclaredPort = probe.port !== null && !isDeclared(probe.port, pod)
      const isWrongEndpoint =
        event !== undefined && /statuscode: 40[45]|gave HTTP response to HTTPS client/i.test(event.message)
      const status = event?.message.match(/statuscode: (\d{3})/i)?.[1]
      const isMisconfigured = isChanged || isUndeclaredPort || isWrongEndpoint
      const previously = isChanged ? `; previous revision: ${describeProbe(old, probe)}` : ''
      const undeclared = isUndeclaredPort ? '; no container declares that port' : ''
      const answer = event === undefined ? '' : `: ${quote(event.message)}`
      return [
        {
          code: isMisconfigured ? 'READINESS_PROBE_FAILS' : 'NOT_READY',
          subject: subjectOfPod(view, pod),
          service: serviceOfPod(view, pod),
          onset: pod.readyChangedAt ?? pod.createdAt,
          message: isMisconfigured
            ? `${pod.name} fails its readiness probe (${describeProbe(probe, old)}${previously}${undeclared})${answer}`
            : `${pod.name} is running but not ready${status === undefined ? '' : `, because it answers its readiness probe with ${status}`}${answer}`,
          evidence: [
            ...new Set([
              pod.evidence,
              ...(event === undefined ? [] : [event.evidence]),
              ...(isChanged && previous !== undefined ? [previous.evidence] : []),
            ]),
          ],
        },
      ]
    })
}

/** A container that is killed repeatedly because its liveness or startup probe fails, by the kubelet's own event. */
function findProbeKill(
  view: SnapshotView,
  pod: Pod,
): FindingOf<'STARTUP_PROBE_FAILS' | 'LIVENESS_PROBE_FAILS'>[] {
  const event = view
    .eventsOn('Pod', pod.name)
    .filter(event => event.reason === 'Killing' && /failed (?:liveness|startup) probe/i.test(event.message))
    .findLast(event => (secondsOf(event.lastAt) ?? view.at) >= view.since - view.recentSeconds)
  const restarted = pod.containers.find(
    container => container.restarts > 0 && isRecentRun(view, container, container.endedBefore?.at ?? null),
  )
  if (event === undefined || restarted === undefined) return []
  const kind = /startup/i.test(event.message) ? 'startup' : 'liveness'
  const probe = probesOf(pod.object).find(
    probe => probe.kind === `${kind}Probe` && probe.container === restarted.name,
  )
  return [
    {
      code: kind === 'startup' ? 'STARTUP_PROBE_FAILS' : 'LIVENESS_PROBE_FAILS',
      subject: subjectOfPod(view, pod),
      service: serviceOfPod(view, pod),
      onset: event.firstAt,
      message: `container ${restarted.name} of ${pod.name} ${describeRestarts(restarted.restarts)} because its ${kind} probe${probe === undefined ? '' : ` (${describeProbe(probe)})`} fails`,
      evidence: [...new Set([pod.evidence, event.evidence])],
    },
  ]
}

function notReadyFor(view: SnapshotView, pod: Pod): number {
  return view.at - (secondsOf(pod.readyChangedAt) ?? secondsOf(pod.createdAt) ?? view.at)
}

/** An undeclared port number may still be open, but the name of an undeclared port resolves to nothing. */
function isDeclared(port: string, pod: Pod): boolean {
  return /^\d+$/.test(port) || portsOf(pod.object).some(declared => declared.name === port)
}

/** What a probe does, with its timeout where that is what differs from another one. */
function describeProbe(probe: Probe, other?: Probe): string {
  const { path, port, scheme, command, timeoutSeconds } = probe
  const differs = other !== undefined && other.timeoutSeconds !== timeoutSeconds
  const timeout = differs ? ` with a timeout of ${timeoutSeconds} s` : ''
  if (command !== null) return `exec “${command}”${timeout}`
  const request = path === null ? 'TCP' : `${scheme} GET ${path}`
  return `${request} on port ${port ?? 'unknown'}${timeout}`
}

/** A shorter timeout matters only to a probe that timed out. */
function hasTighterTimeout(now: Probe, before: Probe, message = ''): boolean {
  return now.timeoutSeconds < before.timeoutSeconds && /deadline exceeded|timeout|timed out/i.test(message)
}
