import { enableCompileCache } from 'node:module'

// Before anything else is loaded: from the second start on it is loaded without stripping types, in less memory.
enableCompileCache()
const { runService } = await import('@goalixa/chassis/run-service')
const { buildBff } = await import('./build-bff.ts')
const { readBffConfig } = await import('./config.ts')

await runService(async () => buildBff(readBffConfig()))
