import type { Transaction } from '../store/transaction.ts'
import type { Html } from './html.ts'

/** One request to a hosted page: its address names one object of one account. */
export interface PageCall {
  tx: Transaction
  /** The last part of the address: an id or a client secret, which nobody can guess. */
  token: string
  query: URLSearchParams
  /** What was filled in; empty when the page is only shown. */
  form: URLSearchParams
  /** Belongs in each form of the page: it acts on its own object only. */
  formToken: Html
  /** What was wrong with the form, for the page to show again. */
  problem?: string
}

export type PageAnswer =
  | {
      title: string
      body: Html
      status?: number
      /** Where the page's forms may lead to in the end, outside the sandbox. */
      leadsTo?: string | null
    }
  | { redirect: string }

/** A sort of page: `/checkout/acct_…/cs_…`. */
export interface Page {
  /** The first part of the address: `checkout`. */
  prefix: string
  show(call: PageCall): PageAnswer
  /** A form was sent. What it throws undoes its changes and shows the page with the problem. */
  act(call: PageCall): PageAnswer
}

/** The address of a page of the account that the transaction works on. */
export function pageUrl(
  view: { readonly baseUrl: string; readonly accountId: string },
  prefix: string,
  token: string,
): string {
  return `${view.baseUrl}/${prefix}/${view.accountId}/${token}`
}

/** An address that a browser may be sent to; scripts and data are none. */
export function isFollowable(url: string): boolean {
  return URL.canParse(url) && !/^(javascript|data|vbscript|file|blob):$/.test(new URL(url).protocol)
}

/** The address with more parameters, the rest untouched. */
export function withQuery(url: string, parameters: Record<string, string>): string {
  const parsed = new URL(url)
  for (const [name, value] of Object.entries(parameters)) parsed.searchParams.set(name, value)
  return parsed.href
}
