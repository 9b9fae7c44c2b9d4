import { z } from 'zod'

/** The `exec` of a kubeconfig's user: the command that prints its credentials. */
export const ExecPlugin = z.looseObject({
  apiVersion: z.string().default('client.authentication.k8s.io/v1'),
  command: z.string(),
  args: z.array(z.string()).nullish(),
  env: z.array(z.looseObject({ name: z.string(), value: z.string().default('') })).nullish(),
  installHint: z.string().nullish(),
})
export type ExecPlugin = z.infer<typeof ExecPlugin>
