import type { Subject } from './subject/subject.ts'

/** Whether the alert names a cluster other than the one that this installation serves. Without a configured cluster none is. */
export function isOutOfReach({ cluster }: Pick<Subject, 'cluster'>, served: string | null): boolean {
  return served !== null && cluster !== null && cluster !== served
}
