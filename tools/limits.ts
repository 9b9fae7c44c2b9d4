/**
 * How much of other systems' answers Syntra reads and records. Beyond `answerBytes` a read ends as RESPONSE_TOO_LARGE; beyond
 * the other limits the rest is left out, and the evidence says what (`cut`).
 */
export const LIMITS = {
  /** Bytes of one answer, after decompression. A Kubernetes object has at most 1.5 MiB, a page of 200 pods about 3 MiB. */
  answerBytes: 8_388_608,
  /** Bytes of all the answers of one read. */
  readBytes: 25_165_824,
  /** Lists and objects inside one another. Kubernetes' own deepest kinds have about 30. */
  depth: 64,
  /** JSON texts inside the strings of JSON texts. */
  textLevels: 4,
  /** Values (texts, numbers, lists, objects) in one answer, which decides how much memory it takes: about 100 bytes each. */
  values: 300_000,
  /** Items of one list, and fields of one object. */
  items: 20_000,
  /** Characters of the name of a field. */
  nameChars: 1_000,
  /** Characters of a text that is searched for secrets; of a text that is JSON as a whole, more. */
  textChars: 16_384,
  jsonTextChars: 262_144,
  /** Bytes of a container's log. Of a longer one fewer lines are asked for, so that the newest are there. */
  logBytes: 4_194_304,
  /** Bytes from which on a read is large, and how many large ones are made at the same time; further ones wait for their turn. */
  largeBytes: 1_048_576,
  largeReads: 2,
} as const
