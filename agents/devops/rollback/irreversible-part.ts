import { listAt, textAt } from '../../incident/view/fields.ts'
import type { View } from '../../incident/view/view.ts'
import type { Release } from './release.ts'

const PARTS: [RegExp, string][] = [
  [/migrations?\//i, 'a database migration'],
  [/kind:\s*CustomResourceDefinition\b/, 'a custom resource definition'],
  [/kind:\s*PersistentVolumeClaim\b|volumeClaimTemplates/, 'a volume'],
  [/kind:\s*(?:Sealed|External)?Secret\b/, 'a secret'],
]

/** What in the release a rollback does not undo, in words, or null. Only the application's own files count. */
export function irreversiblePart(view: View, { app, current, target }: Release): string | null {
  if (app === null || current === null || target === null) return null
  const read = view.read(`github/compare/${app.repo}/${target.revision}...${current.revision}`)
  for (const file of listAt(read?.result, 'files')) {
    const path = textAt(file, 'path') ?? ''
    if (app.path !== null && !path.startsWith(`${app.path}/`)) continue
    const isRemoved = textAt(file, 'status') === 'removed'
    const text = `${path}\n${textAt(file, 'patch') ?? ''}`
    const part = PARTS.find(([pattern]) => pattern.test(text))
    if (part !== undefined) return part[1]
    if (/secret/i.test(path)) return 'a secret'
    if (isRemoved) return 'a removed resource'
  }
  return null
}
