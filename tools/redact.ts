import type { Json } from './json.ts'
import { mapStrings } from './map-strings.ts'

const GONE = '[redacted]'

/** The same JSON value without secrets and e-mail addresses: in texts, in fields named like a secret, in name/value pairs. */
export function redact(value: Json): Json {
  return mapStrings(redactNamedValues(value), (text, key) =>
    key !== null && isSecretName(key) && text !== '' ? GONE : redactText(text),
  )
}

/** A text without tokens, passwords, keys and e-mail addresses. */
export function redactText(text: string): string {
  const json = asJson(text)
  if (json !== undefined) {
    const clean = redact(json)
    return JSON.stringify(clean) === JSON.stringify(json) ? text : JSON.stringify(clean)
  }
  return RULES.reduce((clean, [pattern, replacement]) => clean.replace(pattern, replacement), text).replace(
    ASSIGNMENT,
    redactAssignment,
  )
}

const NAMES =
  'passwords?|passwd|pwd|passphrase|secrets?|tokens?|api[_-]?keys?|access[_-]?keys?|private[_-]?keys?|signing[_-]?keys?|client[_-]?secret|credentials?'
const SECRET_NAME = new RegExp(`(?:^|[_.-])(?:${NAMES}|authorization|cookie|set-cookie)$`, 'i')
const CAMEL_SECRET_NAME = /[a-z0-9](?:Password|Passwd|Secret|Token|ApiKey|AccessKey|PrivateKey|Credentials?)$/

// Escaped colour codes (escapeControlCharacters) may stand between a name and its value. All repetitions that can meet are
// bounded, so that a hostile line costs no more than its length.
const COLOUR = String.raw`(?:\\x1b\[[0-9;]{0,12}m){0,3}`
const ASSIGNMENT = new RegExp(
  String.raw`((?:${NAMES})${COLOUR}\\?["']?${COLOUR}\s*(?:=|:|=>)\s*${COLOUR}\\?["']?${COLOUR})([^\s"'\\,;&<>(){}[\]]+)`,
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

// `secret: core-database` or `token: invalid` name something; a random value mixes kinds of characters or is long.
function looksSecret(value: string): boolean {
  if (value.length < 8 || value.startsWith(GONE)) return false
  const kinds = [/[a-z]/, /[A-Z]/, /\d/].filter(kind => kind.test(value)).length
  return kinds >= 2 || value.length >= 32
}

function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name) || CAMEL_SECRET_NAME.test(name)
}

// As in a container's env: {name: 'DB_PASSWORD', value: '…'}.
function redactNamedValues(value: Json): Json {
  if (Array.isArray(value)) return value.map(redactNamedValues)
  if (value === null || typeof value !== 'object') return value
  const isSecret =
    typeof value.name === 'string' && isSecretName(value.name) && typeof value.value === 'string'
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [
      key,
      isSecret && key === 'value' ? GONE : redactNamedValues(part),
    ]),
  )
}

function asJson(text: string): Json | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}
