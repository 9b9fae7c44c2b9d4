import { ExpectedError } from '@goalixa/chassis/errors'
import { z } from 'zod'
import { ActionId, ObjectName } from '../names.ts'
import { defineTool } from '../tool.ts'
import type { RawApplication } from './raw-application.ts'

export const rollbackApp = defineTool({
  name: 'argocd_rollback_app',
  description:
    'Deploys an earlier entry of the history again; auto-sync has to be off, and hooks do not run.',
  effect: 'write',
  risk: 'R3',
  input: z.strictObject({ name: ObjectName, id: z.number().int().min(0), actionId: ActionId }),
  async run({ name, id }, { argocd }, signal) {
    const revision = revisionOf(await argocd.getApp(name, signal), id)
    if (revision === null) {
      throw new ExpectedError(
        'missing',
        'UNKNOWN_HISTORY_ID',
        `Application ${name} has no deployment with id ${id}.`,
      )
    }
    await argocd.rollback(name, id, signal)
    return { name, id, revision }
  },
  // Argo CD's rollback takes no mark. Its effect is looked for instead: the entry's revision is being deployed, or
  // was deployed last. Done twice it ends in the same state.
  async isDone({ name, id }, { argocd }, signal) {
    const app = await argocd.getApp(name, signal)
    const revision = revisionOf(app, id)
    if (revision === null) return undefined
    return isDeploying(app, revision) || isDeployedAgain(app, id, revision)
      ? { name, id, revision }
      : undefined
  },
})

function revisionOf({ status }: RawApplication, id: number): string | null {
  return revisionIn(status?.history?.find(each => each.id === id))
}

function revisionIn(entry: { revision?: string | null; revisions?: string[] | null } | undefined) {
  return entry?.revision || (entry?.revisions?.[0] ?? null)
}

function isDeploying({ operation, status }: RawApplication, revision: string): boolean {
  const running = status?.operationState?.phase === 'Running' ? status.operationState.operation : undefined
  return [operation, running].some(each => each?.sync?.revision === revision)
}

function isDeployedAgain({ status }: RawApplication, id: number, revision: string): boolean {
  const newest = (status?.history ?? []).toSorted((a, b) => b.id - a.id)[0]
  const isRepeated = newest !== undefined && newest.id > id && revisionIn(newest) === revision
  return isRepeated && status?.operationState?.phase === 'Succeeded'
}
