import { findChangePoint } from '../../signals/change-point.ts'
import { median } from '../../signals/robust-statistics.ts'
import { lookBackSeconds } from '../../snapshot/changes/look-back.ts'
import { isoOf, secondsOf } from '../../snapshot/clock.ts'
import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { CALLS, CHANGES, mergeNeeds, SERVICE_NAMES } from '../../snapshot/needs.ts'
import { listAt, stringAt } from '../../snapshot/objects/json-path.ts'
import type { Workload } from '../../snapshot/objects/workload.ts'
import { signalOf, sliceByTime } from '../../snapshot/series/lookup.ts'
import { zeroFill } from '../../snapshot/series/zero-fill.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import type { FindingOf } from '../findings/finding-shape.ts'
import { subjectOf } from '../findings/subject.ts'
import { defineAnalyser } from './define-analyser.ts'

// 0.3 requests per second more through the Ingress, and half as many again. Chosen, not fitted.
const MORE = { worse: 'up', minAbsolute: 0.3, minRelative: 0.5 } as const
/** More requests at the Ingress mean a detour, not more users, if traffic at the edge grew by less than this share. */
const SAME_TRAFFIC = 0.3

/** Calls between services that leave the cluster network and return through the Ingress (hairpin): needless hops. */
export const ingressDetours = defineAnalyser({
  needs: mergeNeeds(CALLS, CHANGES, SERVICE_NAMES, {
    kinds: ['Ingress'],
    signals: ['ingress-rate', 'request-rate'],
  }),
  findings: {
    CALLS_THROUGH_INGRESS: {
      title: 'A service calls another service through the Ingress (hairpin).',
      layer: 'setting',
      kind: 'wiring',
      basis: 'observation',
      effects: ['slow', 'timeouts'],
      cause: { plain: 'CALLS_THROUGH_INGRESS' },
      mechanism: /env|config|image|url|data/i,
      isStanding: true,
      needsOnset: true,
      replay: 'always',
    },
  },
  run: view =>
    view.workloads.flatMap(workload => {
      const setting = findIngressSetting(view, workload)
      const detour =
        setting === null ? findDetourAfterRollout(view, workload) : findDetour(view, setting.backends)
      if (setting === null && detour === null) return []
      // An old setting explains nothing new, unless the traffic shows when the detour began.
      if (setting !== null && !setting.isNew && detour === null) return []
      return [hairpinFinding(workload, setting, detour)]
    }),
})

/** A setting of a workload that names a host of an Ingress, with the change that introduced it. */
type IngressSetting = {
  host: string
  key: string
  at: string | null
  isNew: boolean
  backends: string[]
  evidence: string[]
}
type Detour = { at: number; before: number; after: number; service: string; evidence: string[] }

function hairpinFinding(
  workload: Workload,
  setting: IngressSetting | null,
  detour: Detour | null,
): FindingOf<'CALLS_THROUGH_INGRESS'> {
  const configured =
    setting === null
      ? ''
      : `${workload.service} is configured to call ${setting.host} (${setting.key}), a host of the Ingress`
  const measured =
    detour === null
      ? ''
      : `requests to ${detour.service} through the Ingress rose from ${detour.before.toFixed(1)} to ${detour.after.toFixed(1)} per second while user traffic stayed the same`
  return {
    code: 'CALLS_THROUGH_INGRESS',
    subject: subjectOf(workload),
    service: workload.service,
    onset: detour === null ? (setting?.at ?? null) : isoOf(detour.at),
    message: [configured, measured].filter(part => part !== '').join('; '),
    evidence: [...new Set([workload.evidence, ...(setting?.evidence ?? []), ...(detour?.evidence ?? [])])],
  }
}

/** The latest change of this workload's settings that introduced a host of an Ingress. */
function findIngressSetting(view: SnapshotView, workload: Workload): IngressSetting | null {
  const hosts = ingressHosts(view)
  const names = hosts.map(host => host.host)
  const app = view.appOfWorkload(workload.name)
  const own = view.snapshot.changes.filter(
    change =>
      (change.kind === 'rollout' && change.subject.name === workload.name) ||
      (change.kind === 'sync' && change.subject.name === app?.name && app !== undefined),
  )
  for (const change of own.toReversed()) {
    const part = change.diff.find(
      candidate => isSetting(candidate.path, change) && newHost(candidate, names) !== null,
    )
    const host = part === undefined ? null : newHost(part, names)
    if (part === undefined || host === null) continue
    return {
      host,
      key: keyOf(part, host),
      at: change.at,
      isNew: (secondsOf(change.at) ?? 0) >= view.since - lookBackSeconds(view.scope),
      backends: hosts.filter(candidate => candidate.host === host).flatMap(host => host.backends),
      evidence: [
        ...change.evidence,
        ...hosts.filter(candidate => candidate.host === host).map(host => host.evidence),
      ],
    }
  }
  return null
}

function isSetting(path: string, change: Snapshot['changes'][number]): boolean {
  return change.kind === 'sync' ? !/ingress|route/i.test(path) : /\benv\b|args|command/.test(path)
}

function newHost(part: { before: unknown; after: unknown }, hosts: string[]): string | null {
  const [before, after] = [textOf(part.before), textOf(part.after)]
  return hosts.find(host => after.includes(`//${host}`) && !before.includes(`//${host}`)) ?? null
}

function keyOf(part: { path: string; after: unknown }, host: string): string {
  const variable = part.path.match(/\benv\.\[([^\]]+)\]/)?.[1]
  if (variable !== undefined) return variable
  const line =
    textOf(part.after)
      .split('\n')
      .find(text => text.includes(host)) ?? ''
  const key = line.match(/^\s*(?:-\s*)?"?([A-Za-z_][\w.-]*)"?:\s/)?.[1]
  return key === undefined || key === 'value' ? part.path.replace(/^spec\.containers\./, '') : key
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '')
}

function ingressHosts(view: SnapshotView): { host: string; backends: string[]; evidence: string }[] {
  return view.objectsOf('Ingress').flatMap(({ evidence, object }) =>
    listAt(object, 'spec.rules').flatMap(rule => {
      const host = stringAt(rule, 'host')
      const backends = listAt(rule, 'http.paths').flatMap(path => {
        const name = stringAt(path, 'backend.service.name')
        return name === null ? [] : view.names.ofLabel(name)
      })
      return host === null ? [] : [{ host: host.toLowerCase(), backends, evidence }]
    }),
  )
}

/** Where no setting shows it, because the address may be in the code: a callee receives requests from the Ingress since a rollout. */
function findDetourAfterRollout(view: SnapshotView, workload: Workload): Detour | null {
  const callees = view.callees(workload.service).filter(callee => callee !== workload.service)
  const detour = findDetour(view, callees)
  const rollout = view.snapshot.changes.findLast(
    change => change.kind === 'rollout' && change.subject.name === workload.name,
  )
  const at = secondsOf(rollout?.at)
  if (detour === null || rollout === undefined || at === null) return null
  const isAfter = detour.at >= at - view.toleranceSeconds && detour.at <= at + 3 * view.toleranceSeconds
  return isAfter ? { ...detour, evidence: [...detour.evidence, ...rollout.evidence] } : null
}

/** A lasting rise of requests through the Ingress to one of these services, without more traffic from users. */
function findDetour(view: SnapshotView, backends: string[]): Detour | null {
  for (const service of backends) {
    const through = view.series('ingress-rate').filter(series => series.labels.service === service)
    for (const { points, evidence } of through) {
      const onset = findChangePoint(zeroFill(view, points), MORE)
      if (onset === null || !isSameTraffic(view, onset.at, service)) continue
      return { at: onset.at, before: onset.before, after: onset.after, service, evidence: [evidence] }
    }
  }
  return null
}

function isSameTraffic(view: SnapshotView, at: number, callee: string): boolean {
  const edges = view
    .series('request-rate')
    .flatMap(series => series.labels.service ?? [])
    .filter(service => service !== callee && view.callers(service).length === 0)
  return edges.every(service => {
    const points = signalOf(view, 'request-rate', { service })?.points ?? []
    const before = median(sliceByTime(points, 0, at))
    const after = median(sliceByTime(points, at, Number.POSITIVE_INFINITY))
    return Number.isNaN(before) || Number.isNaN(after) || after <= before * (1 + SAME_TRAFFIC) + 0.5
  })
}
