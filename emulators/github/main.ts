import { createLog } from '@goalixa/chassis/log'
import { runProcess } from '@goalixa/emulators-shared/process/run-process'
import { readGithubConfig } from './config.ts'
import { createGithub } from './create-github.ts'

await runProcess(() => {
  const config = readGithubConfig()
  return createGithub({
    host: config.HOST,
    port: config.PORT,
    dataDir: config.DATA_DIR,
    tokens: config.GITHUB_TOKENS,
    callsPerHour: config.GITHUB_RATE_LIMIT,
    log: createLog({ service: 'github', level: config.LOG_LEVEL }),
  })
})
