import fastJsonPatch, { type Operation } from 'fast-json-patch'
import { clone } from '../registry/clone.ts'
import { badRequest, StatusError } from '../registry/status-error.ts'

/** Applies a JSON Patch (RFC 6902). Throws StatusError 400 for an invalid patch and 422 for one that does not apply. */
export function jsonPatch(target: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch))
    throw badRequest('json: cannot unmarshal object into Go value of type jsonpatch.Patch')
  try {
    return fastJsonPatch.applyPatch(clone(target), patch as Operation[], true).newDocument
  } catch (error) {
    const text = error instanceof Error ? error.message.split('\n')[0] : 'the patch does not apply'
    throw new StatusError(
      422,
      'Invalid',
      `the server rejected our request due to an error in our request: ${text}`,
      {},
    )
  }
}
