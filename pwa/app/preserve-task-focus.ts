/**
 * Calls `draw`. If that removes the focused task from its list (it was completed, moved or deleted), focuses the task
 * that takes its place, so that keyboard users need not start over.
 */
export function preserveTaskFocus(root: ParentNode, draw: () => void): void {
  const before = rowsIn(root).findIndex(row => row.contains(document.activeElement))
  draw()
  if (before === -1 || document.activeElement !== document.body) return
  const rows = rowsIn(root)
  rows[Math.min(before, rows.length - 1)]?.querySelector<HTMLElement>('.task-open')?.focus()
}

function rowsIn(root: ParentNode): Element[] {
  return [...root.querySelectorAll('[data-task]')]
}
