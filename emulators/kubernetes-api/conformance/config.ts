import { readConfig } from '@goalixa/chassis/config'
import { z } from 'zod'

const Config = z.object({
  /** A real cluster to run against; the emulator by default. */
  CONFORMANCE_KUBECONFIG: z.string().min(1).optional(),
  /** The kubectl to test. */
  KUBECTL: z.string().min(1).default('kubectl'),
})

/** What the suite runs against, and with which kubectl. */
export const conformanceConfig = readConfig(Config)

/** The environment of kubectl: the credential plugin of a real cluster may need any of it. */
export const inheritedEnvironment: NodeJS.ProcessEnv = process.env
