import { startTarget } from '@goalixa/syntra/testing/start-target'

// `node storm-target.ts`: what the workers of the storm read and change, at once, so that Syntra itself is measured. PORT is where it listens.
await startTarget({ port: Number(process.env.PORT) })
