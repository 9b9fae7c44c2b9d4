import { pluralize } from '@goalixa/chassis/pluralize'
import { secondsOf } from '../../snapshot/clock.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { mergeNeeds, PODS } from '../../snapshot/needs.ts'
import { isRecentRun } from '../../snapshot/objects/is-recent-run.ts'
import { isStarting } from '../../snapshot/objects/is-starting.ts'
import type { Pod } from '../../snapshot/objects/pod.ts'
import { type Probe, portsOf, probesOf } from '../../snapshot/objects/probe.ts'
import type { Workload } from '../../snapshot/objects/workload.ts'
import { quote } from '../../snapshot/text/quote.ts'
import type { FindingOf } from '../findings/finding-shape.ts'
import { mergeFindings } from '../findings/merge-findings.ts'
import { subjectOf } from '../findings/subject.ts'
import { defineAnalyser } from './define-analyser.ts'
import { POD_TEMPLATE } from './mechanisms.ts'

/**
 * Probes that ask the wrong thing of a process which is fine. The previous revision's probe and the answer tell a probe
 * that was set wrong from a process that says by itself that it is not ready.
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
      title: 'A process is killed because its liveness probe fails.',
      layer: 'process-over-time',
      kind: 'process',
      basis: 'observation',
      effects: ['slow', 'errors', 'down'],
      cause: { plain: 'LIVENESS_PROBE_FAILS' },
      mechanism: /livenessProbe|ports|image|env/i,
    },
    STARTUP_PROBE_FAILS: {
      title: 'A process is killed because its startup probe fails.',
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
      replay: 'beside-old-pods',
    },
  },
  run: view =>
    mergeFindings(
      view.workloads.flatMap(workload =>
        view
          .livePodsOf(workload)
          .flatMap(pod => [...probeFault(view, workload, pod), ...killingFault(view, workload, pod)]),
      ),
    ),
})

function probeFault(
  view: SnapshotView,
  workload: Workload,
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
    .filter(one => one.reason === 'Unhealthy' && /readiness/i.test(one.message))
    // Events are told in no particular order.
    .toSorted((a, b) => (secondsOf(a.lastAt) ?? 0) - (secondsOf(b.lastAt) ?? 0))
    .at(-1)
  const previous = view
    .revisionsOf(workload)
    .find(revision => revision.hash !== pod.revision && revision.createdAt !== null)
  const before = previous === undefined ? [] : probesOf(previous.template)
  return probesOf(pod.object)
    .filter(probe => probe.kind === 'readinessProbe' && !ready.includes(probe.container))
    .flatMap(probe => {
      const old = before.find(one => one.kind === probe.kind && one.container === probe.container)
      const isChanged =
        old !== undefined && (asks(old) !== asks(probe) || isLessPatient(probe, old, event?.message))
      const isUnknownPort = probe.port !== null && !isDeclared(probe.port, pod)
      const isWrongPlace =
        event !== undefined && /statuscode: 40[45]|gave HTTP response to HTTPS client/i.test(event.message)
      const status = event?.message.match(/statuscode: (\d{3})/i)?.[1]
      const isProbesFault = isChanged || isUnknownPort || isWrongPlace
      const answer = event === undefined ? '' : `; ${quote(event.message)}`
      return [
        {
          code: isProbesFault ? 'READINESS_PROBE_FAILS' : 'NOT_READY',
          subject: subjectOf(workload),
          service: workload.service,
          onset: pod.readyChangedAt ?? pod.createdAt,
          message: isProbesFault
            ? `the readiness probe of ${pod.name} asks ${told(probe, old)}${isChanged ? `, where the revision before asked ${told(old, probe)}` : ''}${isUnknownPort ? ', a port that no container declares' : ''}${answer}`
            : `${pod.name} runs but is not ready${status === undefined ? '' : `: it answers ${status} to its own probe`}${answer}`,
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

/** A process that is killed again and again because its liveness or startup probe fails, by the kubelet's own event. */
function killingFault(
  view: SnapshotView,
  workload: Workload,
  pod: Pod,
): FindingOf<'STARTUP_PROBE_FAILS' | 'LIVENESS_PROBE_FAILS'>[] {
  const event = view
    .eventsOn('Pod', pod.name)
    .filter(one => one.reason === 'Killing' && /failed (?:liveness|startup) probe/i.test(one.message))
    .findLast(one => (secondsOf(one.lastAt) ?? view.at) >= view.since - view.recentSeconds)
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
      subject: subjectOf(workload),
      service: workload.service,
      onset: event.firstAt,
      message: `${restarted.name} in ${pod.name} is killed because its ${kind} probe (${probe === undefined ? 'nothing' : asks(probe)}) fails; restarted ${pluralize(restarted.restarts, 'time')}`,
      evidence: [...new Set([pod.evidence, event.evidence])],
    },
  ]
}

function notReadyFor(view: SnapshotView, pod: Pod): number {
  return view.at - (secondsOf(pod.readyChangedAt) ?? secondsOf(pod.createdAt) ?? view.at)
}

/** Ports need not be declared to be open, but a name without a declaration resolves to nothing. */
function isDeclared(port: string, pod: Pod): boolean {
  return /^\d+$/.test(port) || portsOf(pod.object).some(one => one.name === port)
}

function asks({ path, port, scheme, command }: Probe): string {
  if (command !== null) return `“${command}”`
  const secure = scheme === 'HTTPS' ? ' by HTTPS' : ''
  return `${path ?? 'TCP'} on port ${port ?? '?'}${secure}`
}

/** Less time to answer matters only to a probe that ran out of it. */
function isLessPatient(now: Probe, before: Probe, message = ''): boolean {
  return now.timeoutSeconds < before.timeoutSeconds && /deadline exceeded|timeout|timed out/i.test(message)
}

/** What a probe asks, with how long it waits where that is what differs. */
function told(probe: Probe, other: Probe | undefined): string {
  const differs = other !== undefined && other.timeoutSeconds !== probe.timeoutSeconds
  return `${asks(probe)}${differs ? ` and waited ${probe.timeoutSeconds} s` : ''}`
}
