import { z } from 'zod'
import type { Proxies } from './connection.ts'

const ProxyAddress = z
  .string()
  .refine(isProxy, 'expected http://proxy:3128 or https://user:password@proxy:3129')
  .optional()
const Exceptions = z.string().optional()

/** The proxies of a company's network, under the names that most tools read. */
export const ProxySettings = z.object({
  HTTPS_PROXY: ProxyAddress.describe('The proxy for https:// addresses, `http://user:password@proxy:3128`.'),
  HTTP_PROXY: ProxyAddress.describe('The proxy for http:// addresses.'),
  NO_PROXY: Exceptions.describe(
    'What is reached without a proxy: hosts, domains, addresses, CIDR ranges, with commas between them.',
  ),
  https_proxy: ProxyAddress.describe('Read where `HTTPS_PROXY` is unset.'),
  http_proxy: ProxyAddress.describe('Read where `HTTP_PROXY` is unset.'),
  no_proxy: Exceptions.describe('Read where `NO_PROXY` is unset.'),
})
type ProxySettings = z.infer<typeof ProxySettings>

/** The proxies that the settings name. */
export function proxiesOf(settings: ProxySettings): Proxies {
  return {
    https: settings.HTTPS_PROXY ?? settings.https_proxy,
    http: settings.HTTP_PROXY ?? settings.http_proxy,
    except: settings.NO_PROXY ?? settings.no_proxy,
  }
}

function isProxy(text: string): boolean {
  const url = text.includes('://') ? text : `http://${text}`
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)
}
