/** A hosted page as a browser has it before it follows anything. */
export interface OpenedPage {
  address: string
  status: number
  headers: Headers
  text: string
}

export async function openPage(address: string): Promise<OpenedPage> {
  const response = await fetch(address, { redirect: 'manual' })
  return { address, status: response.status, headers: response.headers, text: await response.text() }
}

/** Sends one of the page's forms with its hidden fields, as a browser does when a button is pressed. */
export async function sendForm(page: OpenedPage, fields: Record<string, string>): Promise<OpenedPage> {
  const token = /name="form_token" value="([^"]+)"/.exec(page.text)?.[1] ?? ''
  const response = await fetch(page.address, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ form_token: token, ...fields }),
  })
  return {
    address: page.address,
    status: response.status,
    headers: response.headers,
    text: await response.text(),
  }
}
