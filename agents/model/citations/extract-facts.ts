/** What was read, as lower-case text and as numbers, both without the JSON around them. */
export type Facts = { text: string; numbers: number[] }

/** Extracts the texts, keys and numbers of JSON values. Numbers inside texts count too. */
export function extractFacts(values: unknown[]): Facts {
  const texts: string[] = []
  const numbers: number[] = []
  const visit = (value: unknown) => {
    if (typeof value === 'number') numbers.push(value)
    else if (typeof value === 'string') {
      texts.push(value)
      for (const [digits] of value.matchAll(/\d+(?:\.\d+)?/g)) numbers.push(Number(digits))
    } else if (Array.isArray(value)) value.forEach(visit)
    else if (typeof value === 'object' && value !== null)
      for (const [key, part] of Object.entries(value)) {
        texts.push(key)
        visit(part)
      }
  }
  values.forEach(visit)
  return { text: texts.join('\n').toLowerCase(), numbers }
}

// The suffixes that Kubernetes generates for pods and ReplicaSets use these characters: no vowels, so that they spell no word.
const GENERATED = '[bcdf-hj-np-tv-z2-9]'

/** Whether the facts contain a name as a whole, or with the suffix of a pod or ReplicaSet that was generated for it. */
export function isMentioned(name: string, { text }: Facts): boolean {
  const suffix = `(?:-${GENERATED}{5,10})?(?:-[a-z0-9]{5}|-\\d{1,5})?`
  return new RegExp(`(?<![a-z0-9.-])${escapePattern(name.toLowerCase())}${suffix}(?![a-z0-9-])`).test(text)
}

/** A text as a regular expression that matches exactly this text. */
export function escapePattern(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&')
}
