import type { RawApplication } from './raw-application.ts'

/** The revision of a deployment in an application's history, or null if it is not there any more. */
export function deployedRevision({ status }: RawApplication, id: number): string | null {
  return revisionIn(status?.history?.find(each => each.id === id))
}

/** Whether the newest deployment is a later one of that entry's revision. */
export function wasDeployedAgain({ status }: RawApplication, id: number, revision: string): boolean {
  const newest = (status?.history ?? []).toSorted((a, b) => b.id - a.id)[0]
  return newest !== undefined && newest.id > id && revisionIn(newest) === revision
}

function revisionIn(entry: { revision?: string | null; revisions?: string[] | null } | undefined) {
  return entry?.revision || (entry?.revisions?.[0] ?? null)
}
