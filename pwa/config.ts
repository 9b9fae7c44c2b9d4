import { readConfig, ServiceConfig } from '@goalixa/chassis/config'

/** Reads the settings of the app's server, which are those of every service. */
export function readPwaConfig(): ServiceConfig {
  return readConfig(ServiceConfig)
}
