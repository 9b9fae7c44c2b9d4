import { ExpectedError } from '@goalixa/chassis/errors'
import { parseJsonInSteps } from '../parse-json.ts'
import { reportCut } from '../read-scope.ts'
import { runInSlices } from '../slices/run-in-slices.ts'

/**
 * Parses the answer of another system within its limits, in slices; what was left out is reported. A text that is not JSON
 * is returned as it is. Throws `too-large` RESPONSE_TOO_LARGE for too many values.
 */
export async function parseOutsideJson(system: string, text: string, signal: AbortSignal): Promise<unknown> {
  try {
    const { value, cut } = await runInSlices(parseJsonInSteps(text), signal)
    reportCut(system, cut)
    return value
  } catch (error) {
    if (error instanceof SyntaxError) return text
    if (error instanceof RangeError)
      throw new ExpectedError('too-large', 'RESPONSE_TOO_LARGE', `${system} sent ${error.message}.`)
    throw error
  }
}
