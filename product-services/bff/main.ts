import { enableCompileCache } from 'node:module'

// First, so that every later start loads compiled modules: no type stripping, less memory.
enableCompileCache()
const { runService } = await import('@goalixa/chassis/run-service')
const { buildBff } = await import('./build-bff.ts')
const { readBffConfig } = await import('./config.ts')

await runService(async () => buildBff(readBffConfig()))
