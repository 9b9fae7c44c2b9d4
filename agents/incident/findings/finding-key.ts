import type { FindingOf } from './finding-shape.ts'

/** The identity of a finding: its code and subject, never its message. */
export function findingKey({ code, subject, service, container, detail }: FindingOf<string>): string {
  return JSON.stringify([code, subject.kind, subject.namespace, subject.name, service, container, detail])
}
