import { type DestinationStream, type Logger, pino } from 'pino'
import { describeError } from './describe-error.ts'
import { currentTrace } from './trace.ts'

export type Log = Logger

/** The only list of fields that never reach a log line. */
const REDACTED = [
  'password',
  'token',
  'secret',
  'authorization',
  'cookie',
  '*.password',
  '*.token',
  '*.secret',
  '*.authorization',
  '*.cookie',
  'req.headers.authorization',
  'req.headers.cookie',
  'headers.authorization',
  'headers.cookie',
  'headers["set-cookie"]',
]

/** Creates a JSON logger: a fixed lower-case message plus fields, with the current trace on each line. */
export function createLog(
  { service, version, level = 'info' }: { service: string; version?: string; level?: string },
  destination?: DestinationStream,
): Log {
  const options = {
    level,
    base: { service, ...(version ? { version } : {}) },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: REDACTED, censor: '[redacted]' },
    serializers: { err: describeError },
    formatters: { level: (label: string) => ({ level: label }) },
    mixin: () => {
      const trace = currentTrace()
      return trace ? { traceId: trace.traceId, spanId: trace.spanId } : {}
    },
  }
  return destination ? pino(options, destination) : pino(options)
}
