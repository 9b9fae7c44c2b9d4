import { createLog } from '@goalixa/chassis/log'
import { runProcess } from '../kubernetes-client/run-process.ts'
import { readDiscoveryConfig } from './config.ts'
import { createDiscovery } from './create-discovery.ts'

await runProcess(() => {
  const config = readDiscoveryConfig()
  return createDiscovery({ config, log: createLog({ service: 'discovery', level: config.LOG_LEVEL }) })
})
