import { SERIES_NAME_LABELS } from '../../snapshot/alert-labels.ts'
import { stringMapAt } from '../../snapshot/objects/json-path.ts'
import { serviceLabelOf } from '../../snapshot/objects/pod.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'

const WORKLOADS = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'CronJob', 'Job', 'Service'])

/** The names in a snapshot, in lower case: of everything that has one, and of the services among them, with the links between these. */
export function collectNames(snapshot: Snapshot): { all: Set<string>; services: Set<string>; links: Link[] } {
  const links = [...snapshot.edges.map(toLink), ...measuredCalls(snapshot), ...aliases(snapshot)]
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

/** A link from one name to another: a call, a route, or two names of the same service. */
export type Link = { from: string; to: string; evidence: string }

function toLink({ from, to, evidence }: Snapshot['edges'][number]): Link {
  return { from: stripKind(from), to: stripKind(to), evidence }
}

// Edges write objects as `Service/core` or `Ingress/app`, and services without a kind.
function stripKind(name: string): string {
  return name.slice(name.indexOf('/') + 1).toLowerCase()
}

/** A series with the labels of a service and its upstream shows a call, whatever it measures. */
function measuredCalls({ series }: Snapshot): Link[] {
  return series.flatMap(({ labels, evidence }) => {
    const to = labels.upstream ?? labels.dependency
    return labels.service && to
      ? [{ from: labels.service.toLowerCase(), to: to.toLowerCase(), evidence }]
      : []
  })
}

/** A workload may have a different name from the service in its labels. */
function aliases({ objects }: Snapshot): Link[] {
  return objects.flatMap(({ evidence, object }) => {
    if (!WORKLOADS.has(object.kind)) return []
    const service = serviceLabelOf(stringMapAt(object, 'metadata.labels'))
    return service === null
      ? []
      : [{ from: stripKind(object.metadata.name), to: service.toLowerCase(), evidence }]
  })
}

function namesOf(texts: string[]): Set<string> {
  return new Set(texts.map(text => text.toLowerCase()).filter(Boolean))
}
