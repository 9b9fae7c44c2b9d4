import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ApiDescription } from '@goalixa/emulators-shared/testing/create-response-validator'

const BESIDE_A_CHECKOUT = 'shared/data/openapi/argo-cd.json'
let isMissingReported = false

/**
 * Argo CD's published Swagger document, which is not part of this repository: the given file, else the one in a folder beside the
 * checkout. Undefined if there is none, which is reported once.
 */
export async function readDescription(given: string | undefined): Promise<ApiDescription | undefined> {
  const file = given ?? findUpwards(import.meta.dirname)
  if (file !== undefined) return JSON.parse(await readFile(file, 'utf8')) as ApiDescription
  if (!isMissingReported)
    process.stderr.write(
      `Responses are not validated: ${BESIDE_A_CHECKOUT} is not there, and CONFORMANCE_ARGOCD_OPENAPI names no file.\n`,
    )
  isMissingReported = true
  return undefined
}

function findUpwards(folder: string): string | undefined {
  const file = join(folder, BESIDE_A_CHECKOUT)
  if (existsSync(file)) return file
  const parent = dirname(folder)
  return parent === folder ? undefined : findUpwards(parent)
}
