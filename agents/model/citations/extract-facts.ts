/** What was read, as text to look for words in, and as numbers. Both without the JSON around them. */
export type Facts = { text: string; numbers: number[] }

/** The texts, names and numbers of any JSON values, lower-case. Numbers inside of texts count as well. */
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

// What Kubernetes appends to the names of pods and replica sets is made of these: no vowels, so that it spells no word.
const GENERATED = '[bcdf-hj-np-tv-z2-9]'

/** Whether a name is there as a whole, also as that of a pod or replica set that was made for it. */
export function isMentioned(name: string, { text }: Facts): boolean {
  const made = `(?:-${GENERATED}{5,10})?(?:-[a-z0-9]{5}|-\\d{1,5})?`
  return new RegExp(`(?<![a-z0-9.-])${escapePattern(name.toLowerCase())}${made}(?![a-z0-9-])`).test(text)
}

/** A text as a regular expression that matches just it. */
export function escapePattern(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&')
}
