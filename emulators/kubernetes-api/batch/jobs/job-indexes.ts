import type { PodDraft } from '../../core/pods/create-pod.ts'
import type { Pod } from '../../core/pods/pod.ts'
import type { Job } from './job.ts'

const INDEX = 'batch.kubernetes.io/job-completion-index'

/** Returns whether each pod of a job has an index, each of which has to succeed once. */
export function isIndexed({ spec }: Job): boolean {
  return spec.completionMode === 'Indexed'
}

/** Returns the indexes that have succeeded, in order. */
export function completedIndexes({ spec }: Job, succeeded: Pod[]): number[] {
  const done = new Set(succeeded.map(indexOf))
  return Array.from({ length: spec.completions ?? 0 }, (_, index) => index).filter(index => done.has(index))
}

/** Returns the indexes that have neither succeeded nor an active pod, lowest first. */
export function openIndexes({ spec }: Job, succeeded: Pod[], active: Pod[]): number[] {
  const taken = new Set([...succeeded, ...active].map(indexOf))
  return Array.from({ length: spec.completions ?? 0 }, (_, index) => index).filter(index => !taken.has(index))
}

/** Formats indexes as in the status: `0,2-4`. */
export function formatIndexes(indexes: number[]): string {
  const runs: [number, number][] = []
  for (const index of indexes) {
    const last = runs.at(-1)
    if (last && last[1] === index - 1) last[1] = index
    else runs.push([index, index])
  }
  return runs.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(',')
}

/** Sets the index of a pod: as label, annotation, host name and JOB_COMPLETION_INDEX. */
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
