import { clipText, isJsonText } from './clip-text.ts'
import type { Cut } from './evidence.ts'
import type { Json } from './json.ts'
import { LIMITS } from './limits.ts'
import { type LimitedJson, parseJsonInSteps, tooDeep } from './parse-json.ts'
import { type Place, rebuildJson } from './rebuild-json.ts'
import { runAtOnce, type Steps } from './slices/run-in-slices.ts'

const GONE = '[redacted]'

type Options = {
  /** Changes each text before it is searched. */
  prepare?: (text: string) => string
  /** How many characters of a text are searched; the rest is left out. Without it the whole text is kept. */
  textChars?: number
}

/** The same JSON value without secrets and e-mail addresses: in texts, in fields named like a secret, in name/value pairs. */
export function redact(value: Json): Json {
  return runAtOnce(redactInSteps(value)).value
}

/** A text without tokens, passwords, keys and e-mail addresses. */
export function redactText(text: string): string {
  const clean = redactTextInSteps(text, WHOLE, [], {}, 0)
  return typeof clean === 'string' ? clean : runAtOnce(clean)
}

/** A text without the given values, each wherever it stands. Those of less than four characters stay: they would be found in any word. */
export function redactValues(text: string, values: string[]): string {
  const longestFirst = values.filter(value => value.length >= 4).toSorted((a, b) => b.length - a.length)
  return longestFirst.reduce((clean, value) => clean.replaceAll(value, GONE), text)
}

/** Redacts any value, in steps; it becomes JSON. */
export function redactInSteps(value: unknown, options: Options = {}): Steps<LimitedJson> {
  return redactLevel(value, options, 0, () => undefined)
}

function redactLevel(
  value: unknown,
  options: Options,
  level: number,
  onChange: () => void,
): Steps<LimitedJson> {
  const { prepare = unchanged } = options
  const noticed = (before: string, after: string) => {
    if (before !== after) onChange()
    return after
  }
  return rebuildJson(value, {
    name: name => noticed(name, redactPlainText(prepare(name))),
    text: (text, place, cut) => {
      if (isSecretPlace(place) && text !== '') return noticed(text, GONE)
      const clean = redactTextInSteps(text, place, cut, options, level)
      return typeof clean === 'string' ? noticed(text, clean) : noticedAtEnd(clean, text)
    },
  })

  function* noticedAtEnd(clean: Steps<string>, before: string): Steps<string> {
    return noticed(before, yield* clean)
  }
}

function redactTextInSteps(
  text: string,
  place: Place,
  cut: Cut[],
  options: Options,
  level: number,
): string | Steps<string> {
  return isJsonText(text)
    ? redactJsonText(text, place, cut, options, level)
    : redactClipped(text, place, cut, options)
}

function redactClipped(text: string, place: Place, cut: Cut[], options: Options): string {
  const { prepare = unchanged, textChars = Number.POSITIVE_INFINITY } = options
  return redactPlainText(prepare(clipText(text, textChars, place, cut)))
}

/** Redacts a text that is a JSON document as the value that it holds. */
function* redactJsonText(
  text: string,
  place: Place,
  cut: Cut[],
  options: Options,
  level: number,
): Steps<string> {
  const parsed = yield* parseOrUndefined(text)
  if (parsed === undefined) return redactClipped(text, place, cut, options)
  if (level >= LIMITS.textLevels) {
    cut.push({ path: place.path(), unit: 'levels', kept: level, total: level + 1 })
    return tooDeep(level)
  }
  // Of the control characters, only a carriage return may stand between the values of a JSON document.
  let isChanged = parsed.cut.length > 0 || text.includes('\r')
  const { value, cut: lost } = yield* redactLevel(parsed.value, options, level + 1, () => {
    isChanged = true
  })
  cut.push(...[...parsed.cut, ...lost].slice(0, 3).map(entry => ({ ...entry, path: place.path() })))
  return isChanged ? JSON.stringify(value) : text
}

function* parseOrUndefined(text: string): Steps<LimitedJson | undefined> {
  try {
    return yield* parseJsonInSteps(text)
  } catch {
    return undefined
  }
}

const WHOLE: Place = { field: null, owner: null, path: () => '' }

function unchanged(text: string): string {
  return text
}

function redactPlainText(text: string): string {
  return RULES.reduce((clean, [pattern, replacement]) => clean.replace(pattern, replacement), text)
    .replace(ASSIGNMENT, redactAssignment)
    .replace(PHRASE, redactPhrase)
    .replace(PARAMETER, `$1${GONE}`)
}

// As a field, or in a pair as in a container's env: {name: 'DB_PASSWORD', value: '…'}.
function isSecretPlace({ field, owner }: Place): boolean {
  if (field === null) return false
  const { name } = (owner ?? {}) as { name?: unknown }
  return isSecretName(field) || (field === 'value' && typeof name === 'string' && isSecretName(name))
}

const NAMES =
  'passwords?|passwd|pwd|passphrase|secrets?|tokens?|api[_-]?keys?|access[_-]?keys?|private[_-]?keys?|signing[_-]?keys?|client[_-]?secret|credentials?'
const SECRET_NAME = new RegExp(`(?:^|[_.-])(?:${NAMES}|authorization|cookie|set-cookie)$`, 'i')
const CAMEL_SECRET_NAME = /[a-z0-9](?:Password|Passwd|Secret|Token|ApiKey|AccessKey|PrivateKey|Credentials?)$/

// Escaped colour codes (escapeControlCharacters) may stand between a name and its value. All repetitions that can meet are
// limited, so that a hostile line costs no more than its length.
const COLOUR = String.raw`(?:\\x1b\[[0-9;]{0,12}m){0,3}`
const ASSIGNMENT = new RegExp(
  String.raw`((?:${NAMES})${COLOUR}\\?["']?${COLOUR}\s*(?:=|:|=>)\s*${COLOUR}\\?["']?${COLOUR})([^\s"'\\,;&<>(){}[\]]+)`,
  'gi',
)

// As in `session token IQoJ…`: behind a blank, only what looks random is a value.
const PHRASE = new RegExp(
  String.raw`((?:${NAMES})[^\S\n]{1,9}(?:(?:is|was)[^\S\n]{1,9})?["']?)([\w+/=.~-]{16,})`,
  'gi',
)
// As in `client_secret abc` and `--password abc`: the name of a parameter, and no sentence about it behind the blank.
const SENTENCE =
  'is|was|are|has|had|have|not|does|did|must|may|can|cannot|could|should|will|in|on|of|for|from|to|at|by|with|without|and|or|as|if|when|but|already|missing|expired|invalid|required|provided|given|set|unset|found|used|rejected|header|field|column|parameter|argument|option|value|file|variable'
const PARAMETER = new RegExp(
  String.raw`((?:--(?:[a-z]{1,20}-){0,3}|[a-z]{2,20}_)(?:password|passwd|secret|token|key)[^\S\n]{1,9}["']?)(?!(?:${SENTENCE})(?:[^\w-]|$))([^\s"'\\,;:&<>(){}[\]=-][^\s"'\\,;:&<>(){}[\]=]*)`,
  'gi',
)

// Each is the shape of one secret; the parts that show where it was stay readable.
const RULES: [RegExp, string][] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, GONE],
  [/(?<![\w-])eyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)?/g, GONE],
  [/\b(authorization["']?\s*[:=]\s*["']?)(?:(bearer|basic|token|digest)\s+)?[^\s"',]+/gi, `$1${GONE}`],
  [/\b(bearer|basic)\s+[\w+/=.~-]{16,}/gi, `$1 ${GONE}`],
  [/\b((?:set-)?cookie["']?\s*:\s*)[^\n"]+/gi, `$1${GONE}`],
  [/\b([a-z][a-z0-9+.-]{0,30}:\/\/[^\s/:@"']*):[^\s/"']+@/gi, `$1:${GONE}@`],
  // Git hosts take a token in place of the user as well.
  [/\b(https?:\/\/)[^\s/:@"']+@/gi, `$1${GONE}@`],
  [
    new RegExp(
      String.raw`(name\\?["']?\s{0,9}:\s{0,9}\\?["']?[\w.-]{0,80}(?:${NAMES})\\?["']?[^\S\n]{0,9}(?:,|\n[+-]?)\s{0,40}\\?["']?value\\?["']?\s{0,9}:\s{0,9}\\?["']?)[^\s"'\\,}]+`,
      'gi',
    ),
    `$1${GONE}`,
  ],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, GONE],
  [/\b(?:gh[opsur]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|npm_[A-Za-z0-9]{20,})/g, GONE],
  [/\bxox[abeoprs]-[\w-]{10,}|hooks\.slack\.com\/services\/[\w/]+/g, GONE],
  [/\b(?:sk|rk|pk)[-_](?:live|test|ant|proj|or)[-_][\w-]{10,}|\bsk-[A-Za-z0-9]{20,}/g, GONE],
  [/\bAIza[\w-]{35}/g, GONE],
  [/(?<![\w.+/@-])(?!git@)[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}\b/g, '[e-mail]'],
]

function redactAssignment(whole: string, before: string, value: string): string {
  const isPassword = /passw|pwd|passphrase/i.test(before)
  return isPassword || looksSecret(value) ? before + GONE : whole
}

function redactPhrase(whole: string, before: string, value: string): string {
  return countKinds(value) === 3 ? before + GONE : whole
}

function countKinds(value: string): number {
  return [/[a-z]/, /[A-Z]/, /\d/].filter(kind => kind.test(value)).length
}

// `secret: core-database` or `token: invalid` name something; a random value mixes kinds of characters or is long.
function looksSecret(value: string): boolean {
  if (value.length < 8 || value.startsWith(GONE)) return false
  return countKinds(value) >= 2 || value.length >= 32
}

/** Whether what has this name is a secret, as DB_PASSWORD and clientSecret are. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name) || CAMEL_SECRET_NAME.test(name)
}
