import { readConfig, ServiceConfig } from '@goalixa/chassis/config'

/** The settings of the app's server: those every service has. */
export function readPwaConfig(): ServiceConfig {
  return readConfig(ServiceConfig)
}
