import { readConfig } from '@goalixa/chassis/config'
import { z } from 'zod'

const text = z.string().optional()

/**
 * Reads the settings that Syntra inherits from the user of the sandbox: a model with its key, and a Redis. No others
 * are inherited.
 */
export function readInheritedSettings(): Record<string, string> {
  return present(
    readConfig(
      z.object({
        SYNTRA_MODEL: text,
        SYNTRA_MODEL_BASE_URL: text,
        SYNTRA_MODEL_API_KEY: text,
        ANTHROPIC_API_KEY: text,
        OPENAI_API_KEY: text,
        OLLAMA_HOST: text,
        REDIS_URL: text,
      }),
    ),
  )
}

/**
 * Returns the variables that every started program inherits from this machine: the locations of programs, the home
 * folder and temporary files.
 */
export function hostEnvironment(): Record<string, string> {
  return present(readConfig(z.object({ PATH: z.string().default(''), HOME: text, TMPDIR: text })))
}

function present(settings: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}
