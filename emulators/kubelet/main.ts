import { createLog } from '@goalixa/chassis/log'
import { runProcess } from '@goalixa/emulators-shared/process/run-process'
import { readKubeletConfig } from './config.ts'
import { createKubelet } from './create-kubelet.ts'

await runProcess(() => {
  const config = readKubeletConfig()
  return createKubelet({ config, log: createLog({ service: 'kubelet', level: config.LOG_LEVEL }) })
})
