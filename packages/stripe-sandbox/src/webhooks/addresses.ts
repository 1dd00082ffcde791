import { invalidParam } from '../wire/errors.ts'

const MAX_URL_CHARACTERS = 5_000

/** @throws StripeError 400 `url_invalid` */
export function checkUrl(url: string, livemode: boolean): string {
  const parsed = url.length <= MAX_URL_CHARACTERS && URL.canParse(url) ? new URL(url) : undefined
  if (!parsed || !/^https?:$/.test(parsed.protocol)) {
    throw invalidParam(
      'url',
      'Invalid URL: An explicit scheme (such as https) must be provided.',
      'url_invalid',
    )
  }
  if (livemode && parsed.protocol !== 'https:') {
    throw invalidParam(
      'url',
      'Invalid URL: URL must be publicly accessible and use HTTPS in live mode.',
      'url_invalid',
    )
  }
  return url
}

/** An emulator that sends to other machines would be a proxy for whoever can reach it. */
export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url)
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    // The parser has already turned 127.1 and 0x7f000001 into this form.
    /^127\.\d+\.\d+\.\d+$/.test(hostname)
  )
}
