import { z } from 'zod'

/** An image in the sandbox: how to start its process. Relative paths start at the root of the repository. */
export const Image = z.strictObject({
  /** `node` as the first word is the Node that runs the kubelet. */
  command: z.array(z.string()).min(1),
  env: z.record(z.string(), z.string()).optional(),
  /** The working directory of the process; by default the root of the repository. */
  workdir: z.string().optional(),
  /** Modules that Node loads before the program (`--import`). */
  preload: z.array(z.string()).optional(),
})
export type Image = z.infer<typeof Image>
