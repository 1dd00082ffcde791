import { createHmac } from 'node:crypto'

/** The value of `Stripe-Signature`: the time and an HMAC of time and body, by which the receiver knows the sender. */
export function signatureOf(secret: string, seconds: number, body: string): string {
  const signature = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')
  return `t=${seconds},v1=${signature}`
}
