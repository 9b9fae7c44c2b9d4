import { secondsOf } from '../clock.ts'
import type { EvidenceIndex } from '../index-evidence.ts'
import type { App } from '../objects/delivery-app.ts'
import { listAt, stringAt } from '../objects/json-path.ts'
import { questionId } from '../question-id.ts'
import type { Snapshot } from '../snapshot.ts'
import { isInsideFolder } from '../text/is-inside-folder.ts'
import { quote } from '../text/quote.ts'
import type { Difference } from './diff-json.ts'

type Entry = { id: string; revision: string; at: string; by: string | null }

/** Each step in an application's Argo CD history, joined with what Git says lies between the two revisions. */
export function syncChanges(index: EvidenceIndex): Snapshot['changes'] {
  return index.evidence.reads
    .filter(read => read.tool === 'delivery_list_history')
    .flatMap(({ evidence, args, result }) => {
      const name = stringAt(args, 'name')
      const app = index.apps.find(app => app.name === name)
      const history = historyOf(result)
      return history.slice(0, -1).flatMap((entry, position) => {
        const previous = history[position + 1]
        if (name === null || previous === undefined || previous.revision === entry.revision) return []
        const git = comparisonOf(index, app, previous.revision, entry.revision)
        const said = git.messages.length === 0 ? '' : `: ${git.messages.join('; ')}`
        return [
          {
            evidence: [evidence, ...git.evidence],
            kind: 'sync' as const,
            subject: { kind: 'Application', namespace: app?.namespace ?? null, name },
            at: entry.at,
            by: entry.by,
            from: previous.revision,
            to: entry.revision,
            summary: `Argo CD synced ${name} ${short(previous.revision)} → ${short(entry.revision)}${said}`,
            diff: git.diff,
          },
        ]
      })
    })
}

/** Newest first, whatever order was told. */
export function historyOf(result: unknown): Entry[] {
  return listAt(result, 'history')
    .flatMap(one => {
      const revision = stringAt(one, 'revision')
      const at = stringAt(one, 'deployStartedAt') ?? stringAt(one, 'deployedAt')
      const id = (one as { id?: unknown })?.id
      if (revision === null || at === null || secondsOf(at) === null) return []
      const by = stringAt(one, 'initiatedBy.username') ?? stringAt(one, 'initiatedBy')
      return [{ id: String(id ?? ''), revision, at, by: by === '' ? null : by }]
    })
    .toSorted((a, b) => Number(b.id) - Number(a.id) || (secondsOf(b.at) ?? 0) - (secondsOf(a.at) ?? 0))
}

function comparisonOf(index: EvidenceIndex, app: App | undefined, base: string, head: string) {
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
      // In a repository of many applications most commits between two syncs are about others.
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
  const those = (sign: string) =>
    lines.filter(line => line.startsWith(sign) && !line.startsWith(sign.repeat(3))).map(line => line.slice(1))
  return { path: stringAt(file, 'path') ?? '', before: those('-').join('\n'), after: those('+').join('\n') }
}

function short(revision: string): string {
  return revision.slice(0, 7)
}
