/** File names that are clauses or questions, contain a pronoun, begin with a negation, or are a catch-all. */
export const forbiddenFileNames = [
  /(^|-)(it|its|who|whom|whose|why|what|may|own|ours|theirs|them|they|somebody|nobody|anybody|everybody)(-|\.)/,
  /^(without|not(?!-(found|configured))|only|unless|once|until(?!\.))-/,
  /(^|-)(counted|told|asked|named|meant|filled|joined|merged|sorted|known|taken|said)\./,
  /(^|-)(says|tells|tell|story|storyteller|word)(-|\.)/,
  /^(utils?|helpers?|common|misc|managers?)\./,
]

/** Exported names of the same kind, in camel case. */
export const forbiddenNames = [
  /^(without|not(?!Found|Configured)|only|unless|once|until|why|who|may|must)[A-Z]/,
  /(?:^|[a-z])(Says|Tells|Told|Story|Sick|Guilty|Innocent|Harm(?:ed|s)?|Befall\w*|Grave)(?![a-z])/,
  /^(says|tells|told|story|counted|filled|joined|meant|sick|guilty|innocent|aside)$/,
]

/** Phrases that a native-speaking engineer would not use, and what to write instead. */
export const forbiddenPhrases: { pattern: RegExp; write: string }[] = [
  { pattern: /\bcan not\b/i, write: 'cannot' },
  { pattern: /\banew\b/i, write: 'again' },
  { pattern: /\bby hand\b/i, write: 'manually' },
  { pattern: /\b(take|takes|took|taken|taking) (?:\w+ )?back\b/i, write: 'undo, revert, compensate' },
  { pattern: /\b(put|puts|putting) (?:\w+ )?(right|back)\b/i, write: 'fix, restore, undo' },
  { pattern: /\bto and fro\b/i, write: 'flapping' },
  { pattern: /\b(innocent|guilty)\b/i, write: 'ruled out, root cause' },
  {
    pattern: /\b(sick|unharmed|harmed|befalls?|befallen|not well)\b/i,
    write: 'unhealthy, affected, healthy',
  },
  {
    pattern: /\bsomebody has to\b|\ba person has to\b|\bpeople go on\b/i,
    write: 'needs human attention, handed off',
  },
  { pattern: /\b(trouble|troubles)\b/i, write: 'problem, symptom, incident' },
  { pattern: /\bround through\b/i, write: 'through the Ingress (hairpin)' },
  { pattern: /\bhanded over\b/i, write: 'handed off' },
  { pattern: /\bno (?:JSON|number|name|snapshot|URL)\b(?= (?:at|is|in)\b)/i, write: 'not valid …' },
]

/** Messages that an emulator copies from the system it emulates: they stay as they are there. */
export const copiedMessages = [
  'Can not approve your own pull request',
  'Can not request changes on your own pull request',
]
