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

/** A comparison on GitHub lists no more files than this. */
const MOST_FILES = 300

/**
 * What in the release a rollback does not undo, as a sentence, or null where all of it was read and there is nothing. Files
 * outside of the application's folder count too, because overlays and charts reach out of it, but not those of others.
 */
export function irreversiblePart(view: SnapshotView, { app, current, target }: Release): string | null {
  if (app === null || current === null || target === null) return null
  const question = questionId.compare(app.repo ?? '', target.revision, current.revision)
  const read = view.read(question)
  const isCut = view.snapshot.unread.some(lack => lack.question === question)
  const files = listAt(read?.result, 'files')
  if (read === undefined || isCut || files.length >= MOST_FILES)
    return 'Whether a rollback would undo all of the change could not be read.'
  const others = view.apps.flatMap(other => (other.name === app.name ? [] : (other.path ?? [])))
  for (const file of files) {
    const path = stringAt(file, 'path') ?? ''
    if (!isInsideFolder(path, app.path) && others.some(folder => isInsideFolder(path, folder))) continue
    const part = partOf(path, file)
    if (part !== null) return `The change also contains ${part}, which a rollback does not undo.`
    if (!isWhole(path, stringAt(file, 'patch')))
      return `What changed in ${path} could not be read, so a rollback may not undo it.`
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

/** Of a manifest every line must be known; what the recorder truncated ends in an ellipsis. */
function isWhole(path: string, patch: string | null): boolean {
  return !/\.(?:ya?ml|json)$/i.test(path) || (patch !== null && !patch.endsWith('…'))
}
