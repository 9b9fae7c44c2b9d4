import { ExpectedError } from '@goalixa/chassis/errors'
import { CommanderError } from 'commander'
import pc from 'picocolors'
import { escapeForTerminal } from './escape-for-terminal.ts'
import { stringifyForTerminal } from './stringify-for-terminal.ts'

/** A failure as lines for people, or as one JSON object `{code, message, fields}`. */
export function formatFailure(error: unknown, isJson: boolean): string {
  const { code, message, fields } = describe(error)
  if (isJson) return `${stringifyForTerminal({ code, message, fields })}\n`
  const lines = fields.map(
    ({ field, expected }) => `  ${escapeForTerminal(field)}: ${escapeForTerminal(expected)}\n`,
  )
  return `${pc.red('syntra:')} ${escapeForTerminal(message)}\n${lines.join('')}`
}

function describe(error: unknown): Pick<ExpectedError, 'code' | 'message' | 'fields'> {
  if (error instanceof ExpectedError) return error
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof CommanderError)
    return { code: 'WRONG_USAGE', message: message.replace(/^error: /, ''), fields: [] }
  return { code: 'INTERNAL', message, fields: [] }
}
