import { runService } from '@goalixa/chassis/run-service'
import { buildCore } from './build-core.ts'
import { readCoreConfig } from './config.ts'

await runService(async () => buildCore(readCoreConfig()))
