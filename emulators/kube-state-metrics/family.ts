import type { MetricFamily, Sample } from '@goalixa/emulators-shared/prometheus/format-metrics'

type Labels = Record<string, string | undefined>

/** One metric of a kind of object: its name, and the samples of each object. */
export type Family<T> = { name: string; type: 'gauge' | 'counter'; of: (object: T) => Sample[] }

/** Creates a family whose objects may have any number of samples; undefined labels become ''. */
export function family<T>(
  name: string,
  of: (object: T) => [Labels, number | undefined][],
  type: 'gauge' | 'counter' = 'gauge',
): Family<T> {
  return {
    name,
    type,
    of: object =>
      of(object).flatMap(([labels, value]) =>
        value === undefined ? [] : [{ labels: filled(labels), value }],
      ),
  }
}

/** Collects the samples of a family over all objects. */
export function collect<T>({ name, type, of }: Family<T>, objects: T[]): MetricFamily {
  return { name, type, help: 'See the documentation of kube-state-metrics.', samples: objects.flatMap(of) }
}

/** Converts a time of the API to seconds since the epoch. */
export function seconds(time: string | undefined): number | undefined {
  return time === undefined ? undefined : Date.parse(time) / 1_000
}

/** Converts the labels of an object to metric labels: `label_app_kubernetes_io_name`. */
export function labelLabels(labels: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).map(([key, value]) => [`label_${key.replace(/[^a-zA-Z0-9_]/g, '_')}`, value]),
  )
}

/** Returns one sample each for True, False and Unknown; 1 for the current one. */
export function conditionSamples(
  labels: Labels,
  conditions: { type: string; status: string; reason?: string }[] = [],
  extra: (condition: { reason?: string }) => Labels = () => ({}),
): [Labels, number][] {
  return conditions.flatMap(condition =>
    ['true', 'false', 'unknown'].map((status): [Labels, number] => [
      { ...labels, ...extra(condition), condition: condition.type, status },
      Number(condition.status.toLowerCase() === status),
    ]),
  )
}

function filled(labels: Labels): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, value ?? '']))
}
