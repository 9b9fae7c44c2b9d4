import type { Page } from 'playwright-core'

/**
 * Lists what is wrong with the layout of the current page, found by geometry: text that is cut where its whole is out of
 * reach, text or controls that overlap or leave their frame or the window, controls under a bar, targets below 24 px. Of
 * an open dialog only, if there is one.
 */
export async function findLayoutFaults(page: Page): Promise<string[]> {
  await page.evaluate(waitForAnimations)
  return page.evaluate(inspect)
}

// Runs in the page.
async function waitForAnimations() {
  await document.fonts.ready
  const passing = document
    .getAnimations()
    .filter(({ effect }) => effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY)
  await Promise.all(passing.map(({ finished }) => finished.catch(() => {})))
}

// Runs in the page, so everything it needs is inside. All sizes are CSS pixels.
function inspect(): string[] {
  type Box = { left: number; top: number; right: number; bottom: number }
  type Item = { element: Element; box: Box; label: string }
  const MIN_TARGET = 24
  // Lines of text are a little taller than their letters, and sizes are fractions.
  const TOLERANCE = { x: 1.5, y: 5 }
  const CONTROLS = 'button, a[href], input, select, textarea'
  const faults = new Set<string>()
  const width = document.documentElement.clientWidth
  const root = document.querySelector('dialog[open]') ?? document.body

  const styleOf = (element: Element) => getComputedStyle(element)
  const isShown = (element: Element) =>
    element.checkVisibility({ visibilityProperty: true }) && element.closest('.hidden, .skip') === null
  const layerOf = (element: Element): Element => {
    for (let at: Element | null = element; at !== null && at !== root; at = at.parentElement)
      if (styleOf(at).position === 'fixed') return at
    return root
  }
  const intersect = (a: Box, b: Box): Box => ({
    left: Math.max(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom),
  })
  const isEmpty = ({ left, top, right, bottom }: Box) => right - left <= 0 || bottom - top <= 0
  const overlaps = (a: Box, b: Box) => {
    const { left, top, right, bottom } = intersect(a, b)
    return right - left > TOLERANCE.x && bottom - top > TOLERANCE.y
  }
  const isInside = (a: Box, b: Box) =>
    a.left >= b.left - TOLERANCE.x &&
    a.right <= b.right + TOLERANCE.x &&
    a.top >= b.top - TOLERANCE.y &&
    a.bottom <= b.bottom + TOLERANCE.y
  const describe = (
    element: Element,
    text = (element.getAttribute('aria-label') ?? element.textContent) as string | null,
  ) =>
    `${element.tagName.toLowerCase()}${[...element.classList].map(name => `.${name}`).join('')} “${(text ?? '').trim().replace(/\s+/g, ' ').slice(0, 30)}”`
  // What cuts an element: every ancestor that does not let its content out, up to what is fixed to the window.
  const frames = (element: Element): Element[] => {
    const found: Element[] = []
    for (let at: Element | null = element; at !== null && at !== document.body; at = at.parentElement) {
      if (styleOf(at).overflowX !== 'visible') found.push(at)
      if (styleOf(at).position === 'fixed') break
    }
    return found
  }
  const visibleBox = (element: Element, box: Box): Box =>
    frames(element).reduce<Box>((rest, frame) => intersect(rest, frame.getBoundingClientRect()), box)
  const isReachable = (element: Element) => element.closest('a[href], button, [title]') !== null

  // The lines of every text.
  const texts: Item[] = []
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement
    if (element === null || node.textContent?.trim() === '' || !isShown(element)) continue
    if (element.closest('option, script, style, noscript') !== null) continue
    const range = document.createRange()
    range.selectNodeContents(node)
    for (const line of range.getClientRects()) {
      const label = describe(element, node.textContent)
      let box: Box = line
      // From the inside out: what one frame has cut does not reach the next.
      for (const frame of frames(element)) {
        if (isEmpty(box)) break
        const { overflowX, overflowY, textOverflow, webkitLineClamp } = styleOf(frame)
        const edge = frame.getBoundingClientRect()
        const isCutAcross = box.right > edge.right + TOLERANCE.x || box.left < edge.left - TOLERANCE.x
        const isCutDown = box.bottom > edge.bottom + TOLERANCE.y || box.top < edge.top - TOLERANCE.y
        const isScrolled = (overflow: string) => overflow === 'auto' || overflow === 'scroll'
        if (isCutAcross && isScrolled(overflowX)) faults.add(`scrolls sideways: ${label}`)
        else if (isCutAcross && !(textOverflow === 'ellipsis' && isReachable(element)))
          faults.add(`cut: ${label}`)
        if (isCutDown && !isScrolled(overflowY) && !(webkitLineClamp !== 'none' && isReachable(element)))
          faults.add(`cut: ${label}`)
        box = intersect(box, edge)
      }
      if (!isEmpty(box)) texts.push({ element, box, label })
    }
  }

  // A card keeps its text away from its edges; what else holds text may only not be left.
  const contentBox = (holder: Element): Box => {
    const { left, right, top, bottom } = holder.getBoundingClientRect()
    if (!holder.matches('.card')) return { left, right, top, bottom }
    const { paddingLeft, paddingRight } = styleOf(holder)
    return {
      left: left + Number.parseFloat(paddingLeft),
      right: right - Number.parseFloat(paddingRight),
      top,
      bottom,
    }
  }
  // The content box of a field: a button may stand in its padding.
  const controlBox = (control: Element): Box => {
    const rect = control.getBoundingClientRect()
    if (!control.matches('input, textarea')) return rect
    const { paddingLeft, paddingRight } = styleOf(control)
    const [before, after] = [Number.parseFloat(paddingLeft), Number.parseFloat(paddingRight)]
    return { left: rect.left + before, right: rect.right - after, top: rect.top, bottom: rect.bottom }
  }
  const controls: Item[] = [...root.querySelectorAll(CONTROLS)].filter(isShown).flatMap(element => {
    const box = visibleBox(element, controlBox(element))
    return isEmpty(box) ? [] : [{ element, box, label: describe(element) }]
  })

  const items = [...texts, ...controls]
  for (const { box, label } of items)
    if (box.left < -TOLERANCE.x || box.right > width + TOLERANCE.x) faults.add(`outside the window: ${label}`)
  if (document.documentElement.scrollWidth > width) faults.add('the page scrolls sideways')

  for (const { element, box, label } of texts) {
    const holder = element.closest('button, a[href], li, .card, .toast, .sheet-body')
    if (holder === null || !root.contains(holder) || styleOf(holder).display === 'inline') continue
    if (!isInside(box, contentBox(holder))) faults.add(`leaves ${describe(holder, '')}: ${label}`)
  }

  // A label and its field, or a control and its text, belong to each other.
  const isOne = (a: Element, b: Element) =>
    a.contains(b) ||
    b.contains(a) ||
    (a.closest('label') !== null && a.closest('label') === b.closest('label'))
  const layers = new Map(items.map(item => [item, layerOf(item.element)]))
  for (const [index, a] of items.entries())
    for (const b of items.slice(index + 1)) {
      if (isOne(a.element, b.element) || !overlaps(a.box, b.box)) continue
      const [first, second] = [layers.get(a), layers.get(b)]
      const isScrolledUnder = first !== second && (first === root || second === root)
      if (!isScrolledUnder) faults.add(`overlap: ${a.label} and ${b.label}`)
    }

  for (const { element, label } of controls) {
    const holder = element.closest('label') ?? element
    const { width: across, height: down } = holder.getBoundingClientRect()
    const isInSentence = styleOf(element).display === 'inline' && element.matches('p a')
    if (!isInSentence && Math.min(across, down) < MIN_TARGET)
      faults.add(`target of ${Math.round(across)} × ${Math.round(down)}: ${label}`)
  }

  for (const field of root.querySelectorAll<HTMLInputElement>('input[placeholder]')) {
    if (!isShown(field) || field.value !== '') continue
    const pen = document.createElement('canvas').getContext('2d')
    if (pen === null) continue
    pen.font = styleOf(field).font
    const { left, right } = controlBox(field)
    if (pen.measureText(field.placeholder).width > right - left + 1)
      faults.add(`cut placeholder: ${describe(field, field.placeholder)}`)
  }

  if (root === document.body) inspectFixed()
  return [...faults]

  // What is fixed to the window may hide content only while that can still be scrolled.
  function inspectFixed() {
    const fixed = [...document.querySelectorAll('body *')]
      .filter(element => styleOf(element).position === 'fixed' && isShown(element))
      .flatMap(element => (element.matches('.toasts') ? [...element.children] : [element]))
    const isDocked = (element: Element) => element.getBoundingClientRect().width >= width - 1
    const docks = fixed.filter(isDocked)
    const inPage = controls.filter(item => layers.get(item) === root)
    for (const floating of fixed) {
      const box = floating.getBoundingClientRect()
      const isOnDock = docks.some(dock => dock !== floating && isInside(box, dock.getBoundingClientRect()))
      if (isDocked(floating) || isOnDock || floating.matches('.toast')) continue
      for (const { box: under, label } of inPage)
        if (under.left < box.right && under.right > box.left)
          faults.add(`${describe(floating)} floats over ${label}`)
    }
    const before = scrollY
    scrollTo(0, document.documentElement.scrollHeight)
    const moved = scrollY - before
    for (const item of items.filter(other => layers.get(other) === root)) {
      const box = { ...item.box, top: item.box.top - moved, bottom: item.box.bottom - moved }
      for (const bar of fixed)
        if (overlaps(box, bar.getBoundingClientRect()) && item.element.closest('.side') === null)
          faults.add(`covered at the end of the page by ${describe(bar, '')}: ${item.label}`)
    }
    for (const { element, label } of inPage) {
      if (!(element instanceof HTMLElement)) continue
      element.focus()
      const { left, right, top, bottom } = element.getBoundingClientRect()
      const hit = document.elementFromPoint(
        (left + right) / 2,
        (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2,
      )
      const isFree =
        hit !== null && (hit.closest('.toasts') !== null || element.contains(hit) || hit.contains(element))
      if (document.activeElement === element && !isFree)
        faults.add(`covered while it has the focus, by ${hit ? describe(hit) : 'nothing'}: ${label}`)
    }
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
    scrollTo(0, before)
  }
}
