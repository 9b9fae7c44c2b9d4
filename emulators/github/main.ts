import { createLog } from '@goalixa/chassis/log'
import { readForgeConfig } from './config.ts'
import { createForge } from './create-forge.ts'

const config = readForgeConfig()
const log = createLog({ service: 'forge', level: config.LOG_LEVEL })
const forge = await createForge({
  host: config.HOST,
  port: config.PORT,
  dataDir: config.DATA_DIR,
  tokens: config.FORGE_TOKENS,
  callsPerHour: config.FORGE_RATE_LIMIT,
  log,
})
await forge.start()
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, () => {
    setTimeout(() => process.exit(1), 10_000).unref()
    void forge.stop().then(() => process.exit(0))
  })
