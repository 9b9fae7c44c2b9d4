import type { SnapshotView } from '../../snapshot/index-snapshot.ts'
import { listAt, stringAt } from '../../snapshot/objects/json-path.ts'
import { questionId } from '../../snapshot/question-id.ts'
import { isInsideFolder } from '../../snapshot/text/is-inside-folder.ts'
import type { Release } from './release.ts'

const IRREVERSIBLE_PARTS: [RegExp, string][] = [
  [/migrations?\//i, 'a database migration'],
  [/kind:\s*CustomResourceDefinition\b/, 'a custom resource definition'],
  [/kind:\s*PersistentVolumeClaim\b|volumeClaimTemplates/, 'a volume'],
  [/kind:\s*(?:Sealed|External)?Secret\b/, 'a secret'],
]

/** A comparison on GitHub lists at most this many files. */
const MAX_FILES = 300

/**
 * The part of the release that a rollback does not undo, as a sentence; null where everything was read and there is none. Files
 * outside the application's folder count too, because overlays and charts refer to them, but not those of other applications.
 */
export function findIrreversiblePart(view: SnapshotView, { app, current, target }: Release): string | null {
  if (app === null || current === null || target === null) return null
  const question = questionId.compare(app.repo ?? '', target.revision, current.revision)
  const read = view.read(question)
  const isTruncated = view.snapshot.unread.some(lack => lack.question === question)
  const files = listAt(read?.result, 'files')
  if (read === undefined || isTruncated || files.length >= MAX_FILES)
    return 'Syntra could not read the whole change, so that a rollback may not undo all of it.'
  const others = view.apps.flatMap(other => (other.name === app.name ? [] : (other.path ?? [])))
  for (const file of files) {
    const path = stringAt(file, 'path') ?? ''
    if (!isInsideFolder(path, app.path) && others.some(folder => isInsideFolder(path, folder))) continue
    const part = partOf(path, file)
    if (part !== null) return `The change also contains ${part}, which a rollback does not undo.`
    if (!isWhole(path, stringAt(file, 'patch')))
      return `Syntra could not read what changed in ${path}, so that a rollback may not undo it.`
  }
  return null
}

function partOf(path: string, file: unknown): string | null {
  const text = `${path}\n${stringAt(file, 'patch') ?? ''}`
  const part = IRREVERSIBLE_PARTS.find(([pattern]) => pattern.test(text))
  if (part !== undefined) return part[1]
  if (/secret/i.test(path)) return 'a secret'
  return stringAt(file, 'status') === 'removed' ? 'a removed resource' : null
}

/** Whether every line of a manifest is known: the recorder marks truncated text with an ellipsis. Other files need not be whole. */
function isWhole(path: string, patch: string | null): boolean {
  return !/\.(?:ya?ml|json)$/i.test(path) || (patch !== null && !patch.endsWith('…'))
}
