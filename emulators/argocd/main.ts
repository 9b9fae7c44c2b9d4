import { createLog } from '@goalixa/chassis/log'
import { runProcess } from '@goalixa/emulators-shared/process/run-process'
import { readArgocdConfig } from './config.ts'
import { createArgocd } from './create-argocd.ts'

await runProcess(() => {
  const config = readArgocdConfig()
  return createArgocd({
    host: config.HOST,
    port: config.PORT,
    kubeconfig: config.KUBECONFIG,
    token: config.ARGOCD_TOKEN,
    dataDir: config.DATA_DIR,
    timeScale: config.TIME_SCALE,
    log: createLog({ service: 'argocd', level: config.LOG_LEVEL }),
  })
})
