import { enableCompileCache } from 'node:module'

// Before anything else is loaded: from the second start on it is loaded without stripping types, in less memory.
enableCompileCache()
const { runService } = await import('@goalixa/chassis/run-service')
const { buildAuth } = await import('./build-auth.ts')
const { readAuthConfig } = await import('./config.ts')

await runService(async () => buildAuth(readAuthConfig()))
