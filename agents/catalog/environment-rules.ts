import { ExpectedError } from '@goalixa/chassis/errors'
import { z } from 'zod'
import { ENVIRONMENTS, environmentOf } from './environments.ts'

/** A setting that gives the environment of all namespaces whose name fits; `*` stands for any text. */
export const EnvironmentRule = z.object({ namespaces: z.string(), environment: z.enum(ENVIRONMENTS) })
export type EnvironmentRule = z.infer<typeof EnvironmentRule>

const GLOB = /^[a-z0-9*](?:[a-z0-9*-]*[a-z0-9*])?$/

/** Parses `NAMESPACE=ENVIRONMENT,…`. Throws `invalid` BAD_CONFIGURATION for anything else. */
export function parseEnvironmentRules(text: string): EnvironmentRule[] {
  return text
    .split(',')
    .map(part => part.trim())
    .filter(Boolean)
    .map(part => {
      const [namespaces = '', word = '', ...rest] = part.split('=').map(side => side.trim())
      const environment = environmentOf(word)
      if (!GLOB.test(namespaces) || environment === null || rest.length > 0) throw badRule(part)
      return { namespaces, environment }
    })
}

/** The first rule that fits a namespace, or undefined. */
export function findEnvironmentRule(
  rules: readonly EnvironmentRule[],
  namespace: string,
): EnvironmentRule | undefined {
  return rules.find(({ namespaces }) => fitsGlob(namespace, namespaces))
}

function fitsGlob(name: string, glob: string): boolean {
  const [first = '', ...parts] = glob.split('*')
  if (parts.length === 0) return name === glob
  const last = parts.pop() ?? ''
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length)
    return false
  // Found from the left, each part after the one before it: linear, unlike a regular expression of many stars.
  const end = name.length - last.length
  let position = first.length
  for (const part of parts) {
    const found = name.indexOf(part, position)
    if (found < 0 || found + part.length > end) return false
    position = found + part.length
  }
  return true
}

function badRule(part: string): ExpectedError {
  const message = `"${part}" gives no namespace an environment; expected NAMESPACE=ENVIRONMENT, where * stands for any text and ENVIRONMENT is one of ${ENVIRONMENTS.join(', ')}. Write for example payments=production,shop-*=staging`
  return new ExpectedError('invalid', 'BAD_CONFIGURATION', message)
}
