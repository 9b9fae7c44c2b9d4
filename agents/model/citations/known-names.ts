import { SERIES_NAME_LABELS } from '../../snapshot/alert-labels.ts'
import { stringMapAt } from '../../snapshot/objects/json-path.ts'
import { serviceLabelOf } from '../../snapshot/objects/pod.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'

const WORKLOADS = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'CronJob', 'Job', 'Service'])

/** Whom a snapshot knows by name, lower-case: all that has a name, and those of it that call or are called. */
export function knownNames(snapshot: Snapshot): { all: Set<string>; services: Set<string>; links: Link[] } {
  const links = [...snapshot.edges.map(toLink), ...measured(snapshot), ...aliases(snapshot)]
  const services = [
    snapshot.scope.service ?? '',
    ...links.flatMap(({ from, to }) => [from, to]),
    ...snapshot.objects
      .filter(object => WORKLOADS.has(object.object.kind))
      .map(object => object.object.metadata.name),
  ]
  const others = [
    ...snapshot.objects.map(object => object.object.metadata.name),
    ...snapshot.events.map(event => event.object.name),
    ...snapshot.changes.map(change => change.subject.name),
    ...snapshot.logs.map(log => log.pod),
    ...snapshot.series.flatMap(({ labels }) => SERIES_NAME_LABELS.flatMap(key => labels[key] ?? [])),
  ]
  return { all: namesOf([...services, ...others]), services: namesOf(services), links }
}

/** That one leads to another: a call, a route, or two names of the same. */
export type Link = { from: string; to: string; evidence: string }

function toLink({ from, to, evidence }: Snapshot['edges'][number]): Link {
  return { from: bare(from), to: bare(to), evidence }
}

// `Service/core` and `Ingress/app` are how edges tell objects from services.
function bare(name: string): string {
  return name.slice(name.indexOf('/') + 1).toLowerCase()
}

/** A series about what one service gets from another, whatever it measures, shows that it calls it. */
function measured({ series }: Snapshot): Link[] {
  return series.flatMap(({ labels, evidence }) => {
    const to = labels.upstream ?? labels.dependency
    return labels.service && to
      ? [{ from: labels.service.toLowerCase(), to: to.toLowerCase(), evidence }]
      : []
  })
}

/** A workload may have another name than the service that its labels speak of. */
function aliases({ objects }: Snapshot): Link[] {
  return objects.flatMap(({ evidence, object }) => {
    if (!WORKLOADS.has(object.kind)) return []
    const service = serviceLabelOf(stringMapAt(object, 'metadata.labels'))
    return service === null ? [] : [{ from: bare(object.metadata.name), to: service.toLowerCase(), evidence }]
  })
}

function namesOf(texts: string[]): Set<string> {
  return new Set(texts.map(text => text.toLowerCase()).filter(Boolean))
}
