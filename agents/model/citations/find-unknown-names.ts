import { type Facts, isMentioned } from './extract-facts.ts'
import { isOrdinary } from './ordinary-words.ts'

const KINDS =
  'service|pod|deployment|statefulset|daemonset|replicaset|container|node|configmap|secret|ingress|job|cronjob|application|workload'
const WORD = '([a-z][a-z0-9]*)'
const ARTICLES = '(?:(?:the|its|their|a|an|that|this|of)\\s+)*'
const RELATIONS =
  'calls? to|calls|called|calling|wait(?:s|ed|ing)? for|depend(?:s|ed|ing)? on|talk(?:s|ed|ing)? to|connect(?:s|ed|ing|ions?)? to|requests? to|reach(?:es|ed|ing)?|block(?:s|ed) by|asks?|asked|because|because of|due to|caused by|from|by'
const STATES =
  'is|are|was|were|has|had|can|could|does|did|went|became|stopped|stops|lost|loses|fail(?:s|ed)?|crash(?:es|ed)?|refuse[sd]?|restart(?:s|ed)?|leak(?:s|ed)?|return(?:s|ed)?|answer(?:s|ed)?|call(?:s|ed)?|wait(?:s|ed)?|hang(?:s)?|hung|evict(?:s|ed)?|throttle[sd]?|overload(?:s|ed)?'

/** The positions of a name in a sentence: beside a kind, as the object of a relation, as the subject of a state. */
const NAME_POSITIONS = [
  new RegExp(`\\b${WORD}\\s+(?:${KINDS})s?\\b`, 'g'),
  new RegExp(`(?:^|[,;(]|\\b(?:in|of|on|to|by|from|with|and))\\s*(?:${KINDS})\\s+${WORD}\\b`, 'g'),
  new RegExp(`\\b(?:${RELATIONS})\\s+${ARTICLES}${WORD}\\b`, 'g'),
  new RegExp(
    `(?:^|[,;:]|\\b(?:and|because|while|when|as|so|since|that|which|but))\\s*${ARTICLES}${WORD}\\s+(?:${STATES})\\b`,
    'g',
  ),
]

// Parts of hyphenated English words; any other word with a hyphen counts as a name.
const COMPOUND_PARTS = new Set(
  'of to in on off up out only non re back well so long short high higher low lower first last time end wide side like based minute second hour day down over self pre post half full one two three not new old side by far near'.split(
    ' ',
  ),
)

/** The names in a sentence that the facts do not contain: quoted texts, names by their form, and words in the position of a name. */
export function findUnknownNames(message: string, facts: Facts): string[] {
  const quoted = [...message.matchAll(/[`"“]([^`"“”]{1,200})[`"”]/g)].map(([, text = '']) => text)
  const unknownQuotes = quoted.filter(text => !facts.text.includes(text.trim().toLowerCase()))
  const bare = message.replace(/[`"“][^`"“”]*[`"”]/g, ' “” ')
  const formed = (bare.match(/[A-Za-z0-9][\w./:@-]*[A-Za-z0-9]/g) ?? []).filter(isNameByForm)
  const proper = [...bare.matchAll(/(?<=[a-z0-9,;)]\s+)[A-Z][A-Za-z]+/g)].map(([word]) => word)
  const positioned = NAME_POSITIONS.flatMap(pattern =>
    [...bare.toLowerCase().matchAll(pattern)].map(([, word = '']) => word),
  )
  const words = [...formed, ...[...proper, ...positioned].filter(word => !isOrdinary(word))]
  return [...unknownQuotes, ...words.filter(word => !isKnown(word, facts))]
}

function isNameByForm(word: string): boolean {
  if (/^[\d.:/-]+$/.test(word)) return false
  if (/[_/@:]|[a-z][A-Z]|[a-z]\.[a-z0-9]|-.*\d|\d.*-/.test(word)) return true
  return (
    word.includes('-') &&
    !word
      .toLowerCase()
      .split('-')
      .some(part => COMPOUND_PARTS.has(part))
  )
}

function isKnown(word: string, facts: Facts): boolean {
  const name = word.toLowerCase()
  const parts = name.split('/').filter(Boolean)
  return (
    isMentioned(name, facts) ||
    facts.text.includes(` ${name} `) ||
    (parts.length > 1 && parts.every(part => isMentioned(part, facts)))
  )
}
