import { ExpectedError } from '@goalixa/chassis/errors'
import type { Cut } from '../evidence.ts'
import { parseJsonInSteps } from '../parse-json.ts'
import { processInSlices, reportCut } from '../read-scope.ts'

/**
 * Parses the response of another system within the limits, in slices; what was left out is reported, or added to `lost`. A text
 * that is not JSON is returned as it is. Throws `too-large` RESPONSE_TOO_LARGE for too many values.
 */
export async function parseOutsideJson(
  system: string,
  text: string,
  signal: AbortSignal,
  lost?: Cut[],
): Promise<unknown> {
  try {
    const { value, cut } = await processInSlices(parseJsonInSteps(text), signal)
    if (lost === undefined) reportCut(system, cut)
    else lost.push(...cut)
    return value
  } catch (error) {
    if (error instanceof SyntaxError) return text
    if (error instanceof RangeError)
      throw new ExpectedError('too-large', 'RESPONSE_TOO_LARGE', `${system} sent ${error.message}.`)
    throw error
  }
}
