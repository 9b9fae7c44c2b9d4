import { enableCompileCache } from 'node:module'

// First, so that every later start loads compiled modules: no type stripping, less memory.
enableCompileCache()
const { runService } = await import('@goalixa/chassis/run-service')
const { buildAuth } = await import('./build-auth.ts')
const { readAuthConfig } = await import('./config.ts')

await runService(async () => buildAuth(readAuthConfig()))
