import type { SyntraApi } from './syntra-api.ts'

/** Syntra's address, and the key or token of the caller. */
export type Login = { url: string; key?: string }

/** The machine of the person at the command line, for commands that no other surface offers. */
export type Machine = {
  /** Address and key from options, environment or an earlier login. */
  readLogin(): Promise<Login>
  /** Whether the key was passed with the command itself. */
  hasKeyOption: boolean
  /** Saves a login for later calls; resolves with the path of the file. */
  saveLogin(login: Login): Promise<string>
  /** Prompts without echoing the answer; undefined without a terminal. */
  askSecret(question: string): Promise<string | undefined>
  connect(login: Login): SyntraApi
}
