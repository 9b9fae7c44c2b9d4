import { startTarget } from '@goalixa/syntra/testing/start-target'

// `node storm-target.ts`: the target that the storm's workers read and change. It answers at once, so that Syntra itself is measured. It listens on PORT.
await startTarget({ port: Number(process.env.PORT) })
