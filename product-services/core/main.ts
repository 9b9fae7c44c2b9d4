import { enableCompileCache } from 'node:module'

// First, so that every later start loads compiled modules: no type stripping, less memory.
enableCompileCache()
const { runService } = await import('@goalixa/chassis/run-service')
const { buildCore } = await import('./build-core.ts')
const { readCoreConfig } = await import('./config.ts')

await runService(async () => buildCore(readCoreConfig()))
