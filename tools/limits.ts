/**
 * How much of other systems' responses Syntra reads and records. Beyond `answerBytes` and `readBytes` a read fails with
 * RESPONSE_TOO_LARGE; beyond the other limits the rest is truncated, and the evidence says what (`cut`).
 */
export const LIMITS = {
  answerBytes: 8_388_608,
  readBytes: 25_165_824,
  logBytes: 4_194_304,
  // The most deeply nested kinds of Kubernetes have about 30.
  depth: 64,
  textLevels: 4,
  values: 300_000,
  items: 20_000,
  nameChars: 1_000,
  textChars: 16_384,
  jsonTextChars: 262_144,
  investigationBytes: 33_554_432,
  largeBytes: 1_048_576,
  largeReads: 2,
  slowBytes: 131_072,
} as const

/** What each limit means, for the reference. */
export const LIMIT_MEANINGS: Record<keyof typeof LIMITS, string> = {
  answerBytes:
    'Bytes of one response, after decompression. A larger page of Kubernetes objects is read again in smaller pages.',
  readBytes: 'Bytes of all responses of one read together.',
  logBytes:
    "Bytes of a container's log. If it is longer, fewer lines are requested, so that the newest are kept.",
  depth:
    'Nesting levels of lists and objects; anything deeper is replaced by `[cut: nested deeper than 64]`.',
  textLevels: 'Levels of JSON documents embedded as strings in JSON documents.',
  values:
    'Strings, numbers, lists and objects in one response, because their number decides how much memory it takes.',
  items: 'Items of one list, or fields of one object.',
  nameChars: 'Characters of a field name.',
  textChars: 'Characters of a string that are searched for secrets; the rest is left out.',
  jsonTextChars: 'The same for a string that is a JSON document.',
  investigationBytes:
    'Bytes of all results recorded in one investigation together. A result that does not fit is left out, and the report lists it as not read (`EVIDENCE_FULL`).',
  largeBytes: 'Bytes from which a read counts as large.',
  largeReads:
    'Large reads that run at the same time; others wait, until their deadline at most, and systems take turns.',
  slowBytes:
    'Bytes that a large read must receive every two seconds while others wait; otherwise it fails with `RESPONSE_TOO_SLOW`.',
}
