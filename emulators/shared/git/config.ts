import { readConfig } from '@goalixa/chassis/config'
import { z } from 'zod'

const settings = readConfig(z.object({ PATH: z.string() }))

/** Returns the environment of git: no user or system configuration, a fixed identity, no prompts. */
export function gitEnvironment(): Record<string, string> {
  return {
    PATH: settings.PATH,
    HOME: '/nonexistent',
    LC_ALL: 'C.UTF-8',
    // Paths are literal, never patterns, whatever the file is called.
    GIT_LITERAL_PATHSPECS: '1',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_AUTHOR_NAME: 'sandbox',
    GIT_AUTHOR_EMAIL: 'sandbox@goalixa.invalid',
    GIT_COMMITTER_NAME: 'sandbox',
    GIT_COMMITTER_EMAIL: 'sandbox@goalixa.invalid',
  }
}
