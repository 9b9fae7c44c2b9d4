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

const MORE = { worse: 'up', minAbsolute: 0.3, minRelative: 0.5 } as const
/** The edge must have grown less than this before more gateway requests mean a detour and not more users. */
const SAME_USERS = 0.3

/** Calls between services that leave the cluster network and come back through the Ingress: needless hops. */
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
      const pointed = pointedAtIngress(view, workload)
      const detour = pointed === null ? measuredDetour(view, workload) : traffic(view, pointed.backends)
      if (pointed === null && detour === null) return []
      // A setting that has always been so explains nothing new, unless the traffic says when it began.
      if (pointed !== null && !pointed.isNew && detour === null) return []
      return [hairpin(workload, pointed, detour)]
    }),
})

type Pointed = {
  host: string
  setting: string
  at: string | null
  isNew: boolean
  backends: string[]
  evidence: string[]
}
type Detour = { at: number; before: number; after: number; service: string; evidence: string[] }

function hairpin(
  workload: Workload,
  pointed: Pointed | null,
  detour: Detour | null,
): FindingOf<'CALLS_THROUGH_INGRESS'> {
  const setting =
    pointed === null
      ? ''
      : `${workload.service} is told to call ${pointed.host} (${pointed.setting}), a host of the Ingress`
  const rate =
    detour === null
      ? ''
      : `requests for ${detour.service} through the Ingress rose from ${detour.before.toFixed(1)} to ${detour.after.toFixed(1)} a second while users stayed the same`
  return {
    code: 'CALLS_THROUGH_INGRESS',
    subject: subjectOf(workload),
    service: workload.service,
    onset: detour === null ? (pointed?.at ?? null) : isoOf(detour.at),
    message: [setting, rate].filter(part => part !== '').join('; '),
    evidence: [...new Set([workload.evidence, ...(pointed?.evidence ?? []), ...(detour?.evidence ?? [])])],
  }
}

/** A change of this workload's settings after which they name a host of an Ingress. */
function pointedAtIngress(view: SnapshotView, workload: Workload): Pointed | null {
  const hosts = ingressHosts(view)
  const names = hosts.map(host => host.host)
  const app = view.appOfWorkload(workload.name)
  const own = view.snapshot.changes.filter(
    change =>
      (change.kind === 'rollout' && change.subject.name === workload.name) ||
      (change.kind === 'sync' && change.subject.name === app?.name && app !== undefined),
  )
  for (const change of own.toReversed()) {
    const part = change.diff.find(one => isSetting(one.path, change) && newHost(one, names) !== null)
    const host = part === undefined ? null : newHost(part, names)
    if (part === undefined || host === null) continue
    return {
      host,
      setting: settingOf(part, host),
      at: change.at,
      isNew: (secondsOf(change.at) ?? 0) >= view.since - lookBackSeconds(view.scope),
      backends: hosts.filter(one => one.host === host).flatMap(host => host.backends),
      evidence: [...change.evidence, ...hosts.filter(one => one.host === host).map(host => host.evidence)],
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

function settingOf(part: { path: string; after: unknown }, host: string): string {
  const line =
    textOf(part.after)
      .split('\n')
      .find(one => one.includes(host)) ?? ''
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

/** Without a setting that says so (the code itself may go round): a callee of a fresh release is now asked by the Ingress. */
function measuredDetour(view: SnapshotView, workload: Workload): Detour | null {
  const callees = view.callees(workload.service).filter(callee => callee !== workload.service)
  const detour = traffic(view, callees)
  const fresh = view.snapshot.changes.findLast(
    change => change.kind === 'rollout' && change.subject.name === workload.name,
  )
  const at = secondsOf(fresh?.at)
  if (detour === null || fresh === undefined || at === null) return null
  const isAfter = detour.at >= at - view.toleranceSeconds && detour.at <= at + 3 * view.toleranceSeconds
  return isAfter ? { ...detour, evidence: [...detour.evidence, ...fresh.evidence] } : null
}

function traffic(view: SnapshotView, backends: string[]): Detour | null {
  for (const service of backends) {
    const through = view.series('ingress-rate').filter(series => series.labels.service === service)
    for (const { points, evidence } of through) {
      const onset = findChangePoint(zeroFill(view, points), MORE)
      if (onset === null || !isSameUsers(view, onset.at, service)) continue
      return { at: onset.at, before: onset.before, after: onset.after, service, evidence: [evidence] }
    }
  }
  return null
}

function isSameUsers(view: SnapshotView, at: number, callee: string): boolean {
  const edges = view
    .series('request-rate')
    .flatMap(series => series.labels.service ?? [])
    .filter(service => service !== callee && view.callers(service).length === 0)
  return edges.every(service => {
    const points = signalOf(view, 'request-rate', { service })?.points ?? []
    const before = median(sliceByTime(points, 0, at))
    const after = median(sliceByTime(points, at, Number.POSITIVE_INFINITY))
    return Number.isNaN(before) || Number.isNaN(after) || after <= before * (1 + SAME_USERS) + 0.5
  })
}
