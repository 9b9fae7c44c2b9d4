import { readConfig } from '@goalixa/chassis/config'
import { z } from 'zod'

const Config = z.object({
  /** The real cluster to run against; by default the emulator. */
  CONFORMANCE_KUBECONFIG: z.string().min(1).optional(),
  /** The kubectl to test. */
  KUBECTL: z.string().min(1).default('kubectl'),
})

/** The API and the kubectl under test. */
export const conformanceConfig = readConfig(Config)

/** The environment of kubectl: the credential plugin of a real cluster may need any variable. */
export const inheritedEnvironment: NodeJS.ProcessEnv = process.env
