// What can leave the page with the focus in it, and where in its successor the focus goes.
const HOLDERS = [
  { holder: '[data-task]', control: '.task-open' },
  { holder: '.entry', control: 'button' },
  { holder: '.attention-item', control: 'button' },
  { holder: '.timer-bar', control: '.button-icon' },
  { holder: '.focus-top', control: '.button' },
]

/**
 * Calls `draw`. If that removes the focused control, because its row was completed, moved or deleted or its timer stopped,
 * focuses what takes its place, or else the heading of the page, so that keyboard users need not start over.
 */
export function preserveFocus(root: ParentNode, draw: () => void): void {
  const before = document.activeElement
  const isInside = before !== null && root.contains(before)
  const place = HOLDERS.map(at => ({ ...at, index: findHolder(root, at.holder, before) })).find(
    ({ index }) => index !== -1,
  )
  draw()
  if (!isInside || document.activeElement !== document.body) return
  const successors = place === undefined ? [] : [...root.querySelectorAll(place.holder)]
  const successor = successors[Math.min(place?.index ?? 0, successors.length - 1)]
  const control = successor?.querySelector<HTMLElement>(place?.control ?? '') ?? root.querySelector('h1')
  control?.focus({ preventScroll: control.tagName === 'H1' })
}

function findHolder(root: ParentNode, holder: string, focused: Element | null): number {
  return [...root.querySelectorAll(holder)].findIndex(element => element.contains(focused))
}
