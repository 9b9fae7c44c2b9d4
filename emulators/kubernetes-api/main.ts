import { createLog } from '@goalixa/chassis/log'
import { runProcess } from '@goalixa/emulators-shared/process/run-process'
import { readControlPlaneConfig } from './config.ts'
import { createControlPlane } from './create-control-plane.ts'

await runProcess(() => {
  const config = readControlPlaneConfig()
  return createControlPlane({
    host: config.HOST,
    port: config.PORT,
    token: config.CONTROL_PLANE_TOKEN,
    readerToken: config.CONTROL_PLANE_READER_TOKEN,
    serviceCidr: config.SERVICE_CIDR,
    log: createLog({ service: 'control-plane', level: config.LOG_LEVEL }),
  })
})
