import { secondsOf } from '../clock.ts'
import type { EvidenceIndex } from '../index-evidence.ts'
import type { App } from '../objects/delivery-app.ts'
import { listAt, stringAt } from '../objects/json-path.ts'
import { questionId } from '../question-id.ts'
import type { Snapshot } from '../snapshot.ts'
import { isInsideFolder } from '../text/is-inside-folder.ts'
import { quote } from '../text/quote.ts'
import type { Difference } from './diff-json.ts'

type Entry = {
  id: string
  revision: string
  /** Equal for the same revision of the same source with the same parameters; null where the system does not say. */
  content: string | null
  at: string
  by: string | null
}

/** Each step in the deployment history of an application, with what Git shows between the two revisions. */
export function findSyncChanges(index: EvidenceIndex): Snapshot['changes'] {
  return index.evidence.reads
    .filter(read => read.tool === 'delivery_list_history')
    .flatMap(({ evidence, args, result }) => {
      const name = stringAt(args, 'name')
      const app = index.apps.find(app => app.name === name)
      const history = historyOf(result)
      return history.slice(0, -1).flatMap((entry, position) => {
        const previous = history[position + 1]
        if (name === null || previous === undefined || isSameDeployment(previous, entry)) return []
        const git = compareInGit(index, app, previous.revision, entry.revision)
        const titles = git.messages.length === 0 ? '' : `: ${git.messages.join('; ')}`
        return [
          {
            evidence: [evidence, ...git.evidence],
            kind: 'sync' as const,
            subject: { kind: 'Application', namespace: app?.namespace ?? null, name },
            at: entry.at,
            by: entry.by,
            from: previous.revision,
            to: entry.revision,
            summary: `Argo CD synced ${name} ${describeStep(previous, entry)}${titles}`,
            diff: git.diff,
          },
        ]
      })
    })
}

/** The deployment history, newest first, whatever order the answer has. */
export function historyOf(result: unknown): Entry[] {
  return listAt(result, 'history')
    .flatMap(entry => {
      const revision = stringAt(entry, 'revision')
      const at = stringAt(entry, 'deployStartedAt') ?? stringAt(entry, 'deployedAt')
      const id = (entry as { id?: unknown })?.id
      if (revision === null || at === null || secondsOf(at) === null) return []
      const by = stringAt(entry, 'initiatedBy.username') ?? stringAt(entry, 'initiatedBy')
      const content = stringAt(entry, 'content')
      return [{ id: String(id ?? ''), revision, content, at, by: by === '' ? null : by }]
    })
    .toSorted((a, b) => Number(b.id) - Number(a.id) || (secondsOf(b.at) ?? 0) - (secondsOf(a.at) ?? 0))
}

type Deployed = Pick<Entry, 'revision' | 'content'>

/** Whether two deployments deployed the same: not only the same commit, but also from the same source with the same parameters. */
export function isSameDeployment(left: Deployed, right: Deployed): boolean {
  if (left.content !== null && right.content !== null) return left.content === right.content
  return left.revision === right.revision
}

function describeStep(previous: Entry, entry: Entry): string {
  return previous.revision === entry.revision
    ? `with another source or other parameters at ${short(entry.revision)}`
    : `${short(previous.revision)} → ${short(entry.revision)}`
}

function compareInGit(index: EvidenceIndex, app: App | undefined, base: string, head: string) {
  const read = index.evidence.reads.find(
    read =>
      read.tool === 'forge_compare_commits' &&
      stringAt(read.args, 'base') === base &&
      stringAt(read.args, 'head') === head,
  )
  if (read === undefined) return { evidence: [], messages: [], diff: [] }
  const own = app === undefined ? undefined : index.read(questionId.commits(app.name))
  const touching =
    own === undefined ? null : new Set(listAt(own.result, 'commits').map(commit => stringAt(commit, 'sha')))
  const files = listAt(read.result, 'files').filter(file =>
    isInsideFolder(stringAt(file, 'path'), app?.path ?? null),
  )
  return {
    evidence: [read.evidence],
    messages: listAt(read.result, 'commits')
      // In a repository of many applications most commits between two syncs touch others.
      .filter(commit => touching === null || touching.has(stringAt(commit, 'sha')))
      .flatMap(commit => quotedTitle(stringAt(commit, 'message')))
      .slice(-3),
    diff: files.map(fileDifference),
  }
}

function quotedTitle(message: string | null): string[] {
  const title = message?.split('\n')[0]
  return title === undefined ? [] : [quote(title)]
}

function fileDifference(file: unknown): Difference {
  const lines = (stringAt(file, 'patch') ?? '').split('\n')
  const linesWith = (sign: string) =>
    lines.filter(line => line.startsWith(sign) && !line.startsWith(sign.repeat(3))).map(line => line.slice(1))
  return {
    path: stringAt(file, 'path') ?? '',
    before: linesWith('-').join('\n'),
    after: linesWith('+').join('\n'),
  }
}

function short(revision: string): string {
  return revision.slice(0, 7)
}
