import { z } from 'zod'

/** What an image is in the sandbox: how to start a process. Relative paths start from the repository's root. */
export const Image = z.strictObject({
  /** `node` as first word means the Node that runs the kubelet. */
  command: z.array(z.string()).min(1),
  env: z.record(z.string(), z.string()).optional(),
  /** Where the process starts; by default the repository's root. */
  workdir: z.string().optional(),
  /** Modules that Node loads before the program (`--import`). */
  preload: z.array(z.string()).optional(),
})
export type Image = z.infer<typeof Image>
