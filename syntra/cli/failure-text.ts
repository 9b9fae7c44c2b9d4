import { ExpectedError } from '@goalixa/chassis/errors'
import { CommanderError } from 'commander'
import pc from 'picocolors'
import { plain } from './plain.ts'
import { toJsonText } from './to-json-text.ts'

/** What went wrong as lines for people, or as one JSON object `{code, message, fields}`. */
export function failureText(error: unknown, isJson: boolean): string {
  const { code, message, fields } = toldOf(error)
  if (isJson) return `${toJsonText({ code, message, fields })}\n`
  const lines = fields.map(({ field, expected }) => `  ${plain(field)}: ${plain(expected)}\n`)
  return `${pc.red('syntra:')} ${plain(message)}\n${lines.join('')}`
}

function toldOf(error: unknown): Pick<ExpectedError, 'code' | 'message' | 'fields'> {
  if (error instanceof ExpectedError) return error
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof CommanderError)
    return { code: 'WRONG_USAGE', message: message.replace(/^error: /, ''), fields: [] }
  return { code: 'INTERNAL', message, fields: [] }
}
