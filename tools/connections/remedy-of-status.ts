import type { SettingNames } from './connection.ts'

/** What a person does about a status of 401, 403 or 407, as a sentence; undefined for others, whose reason is elsewhere. */
export function remedyOfStatus(
  status: number,
  { credentials = 'the credentials', account = `the account of ${credentials}` }: SettingNames,
): string | undefined {
  if (status === 401) return `Check ${credentials}: the credentials are missing, wrong or expired.`
  if (status === 403) return `Grant it to ${account}.`
  if (status === 407) return 'Add user:password@ to the address of the proxy in HTTPS_PROXY and HTTP_PROXY.'
  return undefined
}
