import { createLog } from '@goalixa/chassis/log'
import { readControlPlaneConfig } from './config.ts'
import { createControlPlane } from './create-control-plane.ts'

const config = readControlPlaneConfig()
const log = createLog({ service: 'control-plane', level: config.LOG_LEVEL })
const controlPlane = createControlPlane({
  host: config.HOST,
  port: config.PORT,
  token: config.CONTROL_PLANE_TOKEN,
  readerToken: config.CONTROL_PLANE_READER_TOKEN,
  serviceCidr: config.SERVICE_CIDR,
  log,
})
await controlPlane.start()
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, () => controlPlane.stop().then(() => process.exit(0)))
