import { validateHeaderName, validateHeaderValue } from 'node:http'

type Parsed = { headers: Record<string, string>; fault?: string }

/**
 * Parses `Name=value,…`, the format of OTEL_EXPORTER_OTLP_HEADERS: values are percent-encoded where they contain a comma or a percent sign. The fault
 * never contains a value, which may be a secret.
 */
export function parseHeaders(text: string): Parsed {
  const headers: Record<string, string> = {}
  for (const [index, part] of text.split(',').entries()) {
    if (part.trim() === '') continue
    const equals = part.indexOf('=')
    const name = part.slice(0, equals).trim()
    const value = decode(part.slice(equals + 1).trim())
    if (equals < 1 || value === undefined || !isHeader(name, value))
      return {
        headers: {},
        fault: `header ${index + 1} is not valid; expected Name=value,… as in X-Scope-OrgID=shop`,
      }
    headers[name.toLowerCase()] = value
  }
  return { headers }
}

function decode(value: string): string | undefined {
  try {
    return decodeURIComponent(value)
  } catch {
    return undefined
  }
}

function isHeader(name: string, value: string): boolean {
  try {
    validateHeaderName(name)
    validateHeaderValue(name, value)
    return true
  } catch {
    return false
  }
}
