import { createLog } from '@goalixa/chassis/log'
import { runProcess } from '@goalixa/emulators-shared/process/run-process'
import { readIngressConfig } from './config.ts'
import { createIngressController } from './create-ingress-controller.ts'

await runProcess(() => {
  const config = readIngressConfig()
  return createIngressController({ config, log: createLog({ service: 'ingress', level: config.LOG_LEVEL }) })
})
