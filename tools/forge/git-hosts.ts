import { z } from 'zod'

const HOST = /^[a-z\d][a-z\d.-]*(?::\d{1,5})?$/i

/** The setting of a forge with the hosts that its repositories have in Git addresses besides that of its API, with commas between them. */
export const GitHosts = z
  .string()
  .superRefine((text, context) => {
    for (const host of parseGitHosts(text))
      if (!HOST.test(host))
        context.addIssue({
          code: 'custom',
          message: `"${host}" is no host; expected names with commas between them, such as github.example.com,ssh.github.example.com`,
        })
  })
  .optional()

/** The hosts that the setting lists. */
export function parseGitHosts(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map(host => host.trim().toLowerCase())
    .filter(host => host !== '')
}
