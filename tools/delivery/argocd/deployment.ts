import { isDeepStrictEqual } from 'node:util'
import { digestOf } from '@goalixa/chassis/canonical-json'
import type { RawApplication, RawDeployment } from './raw-application.ts'

/** The entry of an application's history with this id; undefined if it is not there any more. */
export function deploymentOf({ status }: RawApplication, id: number): RawDeployment | undefined {
  return status?.history?.find(entry => entry.id === id)
}

/** The newest entry of an application's history. */
export function newestDeployment({ status }: RawApplication): RawDeployment | undefined {
  return (status?.history ?? []).toSorted((a, b) => b.id - a.id)[0]
}

/** The revision of a deployment; of several sources the first one counts, as everywhere. */
export function revisionOf({ revision, revisions }: RawDeployment): string | null {
  return revision || (revisions?.[0] ?? null)
}

/** Whether the newest deployment is a later one with the same content: the same revisions of the same sources. */
export function wasDeployedAgain(app: RawApplication, entry: RawDeployment): boolean {
  const newest = newestDeployment(app)
  return (
    newest !== undefined && newest.id > entry.id && isDeepStrictEqual(contentOf(newest), contentOf(entry))
  )
}

/** What a deployment deployed. The source counts too: the same commit with other parameters is another deployment. */
export function contentOf({ revision, revisions, source, sources }: RawDeployment) {
  return [revision || null, revisions ?? [], source ?? null, sources ?? []]
}

/** The same as text of 16 characters, by which an approval names it. */
export function contentDigest(entry: RawDeployment): string {
  return digestOf(contentOf(entry)).slice(0, 16)
}
