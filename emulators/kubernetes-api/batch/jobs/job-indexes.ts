import type { PodDraft } from '../../core/pods/create-pod.ts'
import type { Pod } from '../../core/pods/pod.ts'
import type { Job } from './job.ts'

const INDEX = 'batch.kubernetes.io/job-completion-index'

/** Whether each pod of a job has an index, each of which has to succeed once. */
export function isIndexed({ spec }: Job): boolean {
  return spec.completionMode === 'Indexed'
}

/** The indexes that have succeeded, in order. */
export function completedIndexes({ spec }: Job, succeeded: Pod[]): number[] {
  const done = new Set(succeeded.map(indexOf))
  return Array.from({ length: spec.completions ?? 0 }, (_, index) => index).filter(index => done.has(index))
}

/** The indexes that have neither succeeded nor an active pod, lowest first. */
export function openIndexes({ spec }: Job, succeeded: Pod[], active: Pod[]): number[] {
  const taken = new Set([...succeeded, ...active].map(indexOf))
  return Array.from({ length: spec.completions ?? 0 }, (_, index) => index).filter(index => !taken.has(index))
}

/** `0,2-4`: the notation of indexes in the status. */
export function formatIndexes(indexes: number[]): string {
  const runs: [number, number][] = []
  for (const index of indexes) {
    const last = runs.at(-1)
    if (last && last[1] === index - 1) last[1] = index
    else runs.push([index, index])
  }
  return runs.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(',')
}

/** Gives a pod its index: as label, annotation, host name and JOB_COMPLETION_INDEX. */
export function setIndex(pod: PodDraft, jobName: string, index: number): void {
  pod.metadata.labels = { ...pod.metadata.labels, [INDEX]: String(index) }
  pod.metadata.annotations = { ...pod.metadata.annotations, [INDEX]: String(index) }
  pod.spec.hostname = `${jobName}-${index}`
  const variable = {
    name: 'JOB_COMPLETION_INDEX',
    valueFrom: { fieldRef: { fieldPath: `metadata.labels['${INDEX}']` } },
  }
  for (const container of [...(pod.spec.initContainers ?? []), ...pod.spec.containers])
    container.env = [...(container.env ?? []).filter(present => present.name !== variable.name), variable]
}

function indexOf({ metadata }: Pod): number {
  return Number(metadata.labels?.[INDEX] ?? -1)
}
