import { z } from 'zod'
import type { Connection } from './connection.ts'
import { parseHeaders } from './parse-headers.ts'

const Url = z.url({ protocol: /^https?$/, error: 'expected an http:// or https:// address' })
const Text = z.string().optional()
const Secret = Text.meta({ secret: true })
const Headers = z
  .string()
  .superRefine((text, context) => {
    const fault = parseHeaders(text).fault
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault })
  })
  .optional()
  .meta({ secret: true })

type TlsName = 'CA' | 'CLIENT_CERT' | 'CLIENT_KEY'
type ExtraName = TlsName | 'HEADERS'
type Name = ExtraName | 'URL' | 'TOKEN' | 'TOKEN_FILE'
type Shape<Prefix extends string, Suffix extends string> = Record<
  `${Prefix}_${Suffix}`,
  z.ZodOptional<z.ZodString>
>
type Values<Prefix extends string, Suffix extends string> = Partial<Record<`${Prefix}_${Suffix}`, string>>

/**
 * The settings of a connection to one system, named in the same way for all: `PROMETHEUS_URL`, `PROMETHEUS_TOKEN`, and so on. `system` is its name in
 * the descriptions.
 */
export function connectionSettings<Prefix extends string>(
  prefix: Prefix,
  {
    system,
    url = `${system}, with its path prefix if any.`,
    token = `Bearer token for ${system}.`,
  }: Descriptions,
): Shape<Prefix, Name> {
  return {
    [`${prefix}_URL`]: Url.optional().describe(url),
    [`${prefix}_TOKEN`]: Secret.describe(token),
    [`${prefix}_TOKEN_FILE`]: Text.describe(
      'The path of a file with the token, for tokens that are renewed.',
    ),
    ...extraSettings(prefix, system),
  } as Shape<Prefix, Name>
}

type Descriptions = { system: string; url?: string; token?: string }

/** What may be set of a connection besides its address and token. */
export function extraSettings<Prefix extends string>(
  prefix: Prefix,
  system: string,
): Shape<Prefix, ExtraName> {
  return {
    [`${prefix}_HEADERS`]: Headers.describe(
      `Headers of every request to ${system}: \`Name=value,…\`, with \`%2C\` for a comma in a value.`,
    ),
    [`${prefix}_CA`]: Text.describe(
      `The authority that signed the certificate of ${system}: PEM, or the path of a file with it. It is trusted in place of the public ones.`,
    ),
    [`${prefix}_CLIENT_CERT`]: Secret.describe(
      `Client certificate for ${system}: PEM, or the path of a file with it.`,
    ),
    [`${prefix}_CLIENT_KEY`]: Secret.describe(
      'The key of the client certificate, unless that has it as well.',
    ),
  } as Shape<Prefix, ExtraName>
}

/** The connection that the settings of a prefix describe, or undefined if they have no address. */
export function connectionOf<Prefix extends string>(
  prefix: Prefix,
  values: Values<Prefix, Name>,
): Connection | undefined {
  const read = (suffix: Name) => values[`${prefix}_${suffix}`]
  const url = read('URL')
  if (!url) return undefined
  return { url, token: read('TOKEN'), tokenFile: read('TOKEN_FILE'), ...extraOf(prefix, values) }
}

/** The part of a connection that `extraSettings` describe. */
export function extraOf<Prefix extends string>(
  prefix: Prefix,
  values: Values<Prefix, ExtraName>,
): Pick<Connection, 'headers' | 'ca' | 'clientCertificate' | 'clientKey'> {
  const read = (suffix: ExtraName) => values[`${prefix}_${suffix}`]
  return {
    headers: parseHeaders(read('HEADERS') ?? '').headers,
    ca: read('CA'),
    clientCertificate: read('CLIENT_CERT'),
    clientKey: read('CLIENT_KEY'),
  }
}
