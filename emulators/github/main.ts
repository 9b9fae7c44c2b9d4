import { createLog } from '@goalixa/chassis/log'
import { readGithubConfig } from './config.ts'
import { createGithub } from './create-github.ts'

const config = readGithubConfig()
const log = createLog({ service: 'github', level: config.LOG_LEVEL })
const github = await createGithub({
  host: config.HOST,
  port: config.PORT,
  dataDir: config.DATA_DIR,
  tokens: config.GITHUB_TOKENS,
  callsPerHour: config.GITHUB_RATE_LIMIT,
  log,
})
await github.start()
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, () => {
    setTimeout(() => process.exit(1), 10_000).unref()
    void github.stop().then(() => process.exit(0))
  })
