import { ExpectedError } from '@goalixa/chassis/errors'
import { escapeControlCharacters } from '../escape-control-characters.ts'
import { redactText } from '../redact.ts'
import type { SettingNames } from './connection.ts'

type Answer = {
  status: number
  contentType: string | null | undefined
  location: string | null | undefined
  text: string
}

/**
 * The failure behind a web page or a redirect that came in place of an API's answer, or undefined if it is neither:
 * `unauthenticated` UPSTREAM_LOGIN_PAGE for single sign-on, `unavailable` UPSTREAM_GARBLED for any other page, `invalid` UPSTREAM_REFUSED
 * for an address that moved. A page with a status of 400 or more is an error page, unless it asks people to sign in.
 */
export function failureOfPage(
  system: string,
  url: string,
  names: SettingNames,
  answer: Answer,
): ExpectedError | undefined {
  if (answer.status >= 300 && answer.status < 400) return failureOfRedirect(system, url, names, answer)
  if (!isPage(answer)) return undefined
  const title = titleOf(answer.text)
  const page = title === '' ? '' : ` “${title}”`
  const isLogin = asksToSignIn(answer.text, title)
  if (isLogin && ASKING.has(answer.status)) return loginPage(system, names, `the login page${page}`)
  if (answer.status >= 300) return undefined
  return new ExpectedError(
    'unavailable',
    'UPSTREAM_GARBLED',
    `${system} sent an unexpected answer: the web page${page}. Set ${names.url} to the address of its API, with the path prefix.`,
  )
}

function failureOfRedirect(
  system: string,
  url: string,
  names: SettingNames,
  { status, location }: Answer,
): ExpectedError | undefined {
  if (!location || !URL.canParse(location, url)) return undefined
  const from = new URL(url)
  const to = new URL(location, url)
  const isPermanent = status === 301 || status === 308
  // The query of a sign-in address holds what the identity provider should not share.
  const target = redactText(escapeControlCharacters(`${to.protocol}//${to.host}${to.pathname}`)).slice(0, 200)
  if (SIGN_IN_PATH.test(`${to.hostname}${to.pathname}`) || (to.hostname !== from.hostname && !isPermanent))
    return loginPage(system, names, `a redirect to the login page ${target}`)
  return new ExpectedError(
    'invalid',
    'UPSTREAM_REFUSED',
    `${system} answered ${status}: it redirects to ${target}. Set ${names.url} to the address that it has now.`,
  )
}

function loginPage(system: string, { url, credentials }: SettingNames, what: string): ExpectedError {
  return new ExpectedError(
    'unauthenticated',
    'UPSTREAM_LOGIN_PAGE',
    `${system} sent ${what} in place of an answer: single sign-on protects the address. Set ${url} to an address without it${credentials === undefined ? '' : `, or ${credentials} to what it accepts`}.`,
  )
}

function isPage({ contentType, text }: Answer): boolean {
  return /\bhtml\b/i.test(contentType ?? '') || /^\s*<(!doctype html|html)\b/i.test(text)
}

function titleOf(text: string): string {
  const [, title = ''] = /<title[^>]*>([^<]*)/i.exec(text) ?? []
  return redactText(escapeControlCharacters(title.replace(/\s+/g, ' ').trim())).slice(0, 80)
}

function asksToSignIn(text: string, title: string): boolean {
  return SIGN_IN_TITLE.test(title) || SIGN_IN_FORM.test(text)
}

/** Statuses with which sign-in pages are sent. */
const ASKING = new Set([200, 203, 401, 403])
const SIGN_IN_PATH = /\b(log-?in|sign-?in|oauth2?|openid|authorize|saml2?|sso|idp|cas|adfs)\b/i
const SIGN_IN_TITLE = /\b(log[ -]?in|sign[ -]?in|log[ -]?on|sign[ -]?on|sso|authenticat\w*)\b/i
const SIGN_IN_FORM =
  /<input[^>]+type=["']?password|name=["']?SAMLRequest|(?:action|url)=["']?[^"'>]*\/(?:oauth2?|saml2?|sso|login|signin|openid)\b/i
