import { createLog } from '@goalixa/chassis/log'
import { runProcess } from '@goalixa/emulators-shared/process/run-process'
import { readIngressConfig } from './config.ts'
import { createIngress } from './create-ingress.ts'

await runProcess(() => {
  const config = readIngressConfig()
  return createIngress({ config, log: createLog({ service: 'ingress', level: config.LOG_LEVEL }) })
})
