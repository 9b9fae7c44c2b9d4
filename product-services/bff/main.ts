import { runService } from '@goalixa/chassis/run-service'
import { buildBff } from './build-bff.ts'
import { readBffConfig } from './config.ts'

await runService(async () => buildBff(readBffConfig()))
