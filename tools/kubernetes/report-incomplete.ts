import { reportCut, reportUnreadable } from '../read-scope.ts'
import type { ObjectList } from './object-list.ts'

/** Reports that objects are missing from a list; `path` is where the list is in the tool's result. */
export function reportIncomplete(path: string, { objects, isComplete, total, unreadable }: ObjectList): void {
  reportUnreadable(
    'Kubernetes',
    unreadable.map(cut => ({ ...cut, path })),
  )
  if (!isComplete) reportCut('Kubernetes', [{ path, unit: 'items', kept: objects.length, total }])
}
