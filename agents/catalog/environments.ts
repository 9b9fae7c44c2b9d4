/** Each environment with the words that name it in labels, settings and names of namespaces. */
const WORDS = {
  production: ['production', 'prod', 'prd', 'live'],
  staging: ['staging', 'stage'],
  test: ['test', 'testing', 'qa'],
  development: ['development', 'dev'],
  preview: ['preview'],
} as const satisfies Record<string, readonly string[]>

export type Environment = keyof typeof WORDS

export const ENVIRONMENTS = Object.keys(WORDS) as [Environment, ...Environment[]]

/** The environment that a word names, in any case; null for every other word. */
export function environmentOf(word: string): Environment | null {
  const known = word.trim().toLowerCase()
  return ENVIRONMENTS.find(environment => WORDS[environment].some(word => word === known)) ?? null
}
