import { z } from 'zod'
import { defineTool } from '../tool.ts'
import { AppName } from './app-name.ts'

export const listDeploymentsSince = defineTool({
  name: 'delivery_list_deployments_since',
  description:
    'Lists the successful deployments of an app after the one with this id, newest first, with the account that requested each of them and whether all have the same content.',
  effect: 'read',
  input: AppName.extend({ id: z.number().int() }),
  run: (since, { delivery }, signal) => delivery.listDeploymentsSince(since, signal),
})
