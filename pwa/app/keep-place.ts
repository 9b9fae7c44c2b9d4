/**
 * Draws, and if that took the focused task away (it was completed, moved or deleted), puts the focus on the one that
 * is now in its place, so that whoever works from the keyboard does not start over.
 */
export function keepPlace(root: ParentNode, draw: () => void): void {
  const before = rowsIn(root).findIndex(row => row.contains(document.activeElement))
  draw()
  if (before === -1 || document.activeElement !== document.body) return
  const rows = rowsIn(root)
  rows[Math.min(before, rows.length - 1)]?.querySelector<HTMLElement>('.task-open')?.focus()
}

function rowsIn(root: ParentNode): Element[] {
  return [...root.querySelectorAll('[data-task]')]
}
