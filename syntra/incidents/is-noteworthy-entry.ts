type Line = { kind: string; message: string }

/** The lines of every investigation that only matter to who asks for all of them. */
const DETAILS = new Set(['evidence-read', 'investigation-queued'])

/**
 * Gives a filter for a timeline in its order: without details (unless verbose), and without a verdict that another round
 * of reading left as it was.
 */
export function isNoteworthyEntry(isVerbose: boolean): (line: Line) => boolean {
  let verdict: string | undefined
  return ({ kind, message }) => {
    if (isVerbose) return true
    if (kind === 'investigation-started') verdict = undefined
    if (kind !== 'verdict') return !DETAILS.has(kind)
    const isNew = message !== verdict
    verdict = message
    return isNew
  }
}
