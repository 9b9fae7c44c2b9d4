import type { FindingOf } from './finding-shape.ts'

/** By what a finding is the same finding: its code and what it is about, never its message. */
export function findingKey({ code, subject, service, container, detail }: FindingOf<string>): string {
  return JSON.stringify([code, subject.kind, subject.namespace, subject.name, service, container, detail])
}
