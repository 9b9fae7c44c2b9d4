/**
 * How much of other systems' answers Syntra reads and records. Beyond `answerBytes` and `readBytes` a read ends as
 * RESPONSE_TOO_LARGE; beyond the other limits the rest is left out, and the evidence says what (`cut`).
 */
export const LIMITS = {
  answerBytes: 8_388_608,
  readBytes: 25_165_824,
  logBytes: 4_194_304,
  // Kubernetes' own deepest kinds have about 30.
  depth: 64,
  textLevels: 4,
  values: 300_000,
  items: 20_000,
  nameChars: 1_000,
  textChars: 16_384,
  jsonTextChars: 262_144,
  largeBytes: 1_048_576,
  largeReads: 2,
} as const

/** What each limit means, for the reference. */
export const LIMIT_MEANINGS: Record<keyof typeof LIMITS, string> = {
  answerBytes:
    'Bytes of one answer, after decompression. A page of Kubernetes objects that is larger is read again as smaller pages.',
  readBytes: 'Bytes of all the answers of one read.',
  logBytes:
    "Bytes of a container's log. Of a longer one fewer lines are asked for, so that the newest are there.",
  depth:
    'Lists and objects inside one another; `[cut: nested deeper than 64]` stands in place of what is deeper.',
  textLevels: 'JSON texts inside the strings of JSON texts.',
  values: 'Texts, numbers, lists and objects in one answer, which decide how much memory it takes.',
  items: 'Items of one list, and fields of one object.',
  nameChars: 'Characters of the name of a field.',
  textChars: 'Characters of a text that are searched for secrets; the rest is left out.',
  jsonTextChars: 'The same for a text that is JSON as a whole.',
  largeBytes: 'Bytes from which on a read is large.',
  largeReads: 'Large reads at the same time; further ones wait for their turn, within their deadline.',
}
