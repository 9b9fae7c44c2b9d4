import { createLog } from '@goalixa/chassis/log'
import { runProcess } from '@goalixa/emulators-shared/process/run-process'
import { readDiscoveryConfig } from './config.ts'
import { createDiscovery } from './create-discovery.ts'

await runProcess(() => {
  const config = readDiscoveryConfig()
  return createDiscovery({ config, log: createLog({ service: 'discovery', level: config.LOG_LEVEL }) })
})
