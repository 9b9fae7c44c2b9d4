import { ExpectedError } from '@goalixa/chassis/errors'
import { z } from 'zod'
import { IncidentPage } from '../incidents/incidents.schema.ts'
import { defineLocalCommand } from './define-command.ts'
import { paragraph } from './presentation/blocks.ts'

export const login = defineLocalCommand({
  name: 'login',
  summary: 'Check the address and the key, and save them',
  details: 'Takes --url and --key, or asks for the key. Nothing is saved unless Syntra accepts them.',
  effect: 'read',
  role: 'viewer',
  input: z.object({}),
  examples: [
    {
      command: 'syntra --url https://syntra.example.com login',
      explanation: 'asks for the key without showing it',
    },
  ],
  async run(_input, { machine }) {
    const known = await machine.readLogin()
    const typed = machine.hasKeyOption ? undefined : await machine.askSecret('API key: ')
    const key = typed ?? known.key
    if (!key)
      throw new ExpectedError(
        'invalid',
        'NO_KEY',
        'No key was given; expected an API key or a token. Pass it with --key or SYNTRA_KEY.',
      )
    await machine.connect({ url: known.url, key }).get('/v1/incidents?limit=1', IncidentPage)
    return { url: known.url, file: await machine.saveLogin({ url: known.url, key }) }
  },
  present: ({ url, file }) => [paragraph(`Signed in at ${url}; saved to ${file}.`)],
})
