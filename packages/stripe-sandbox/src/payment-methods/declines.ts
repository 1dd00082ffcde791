import type { JsonObject } from '../store/json.ts'
import { StripeError } from '../wire/errors.ts'
import type { DeclineReason } from './test-cards.ts'

export interface Decline {
  code: string
  declineCode: string
  message: string
  param: string
  adviceCode: 'try_again_later' | 'do_not_try_again' | 'confirm_card_data' | null
  networkDeclineCode: string | null
  /** True where Stripe itself refuses, before asking the bank. */
  blocked?: true
}

const DECLINED = 'Your card was declined.'

export const declines: Record<DeclineReason, Decline> = {
  generic_decline: decline('card_declined', 'generic_decline', DECLINED, 'try_again_later', '01'),
  insufficient_funds: decline(
    'card_declined',
    'insufficient_funds',
    'Your card has insufficient funds.',
    'try_again_later',
    '51',
  ),
  lost_card: decline('card_declined', 'lost_card', DECLINED, 'do_not_try_again', '41'),
  stolen_card: decline('card_declined', 'stolen_card', DECLINED, 'do_not_try_again', '43'),
  expired_card: decline(
    'expired_card',
    'expired_card',
    'Your card has expired.',
    'do_not_try_again',
    '54',
    'exp_month',
  ),
  incorrect_cvc: decline(
    'incorrect_cvc',
    'incorrect_cvc',
    "Your card's security code is incorrect.",
    'confirm_card_data',
    'N7',
    'cvc',
  ),
  processing_error: decline(
    'processing_error',
    'processing_error',
    'An error occurred while processing your card. Try again in a little bit.',
    'try_again_later',
    '96',
  ),
  card_velocity_exceeded: decline(
    'card_declined',
    'card_velocity_exceeded',
    'Your card was declined for making repeated attempts too frequently or exceeding its amount limit.',
    'try_again_later',
    '65',
  ),
  fraudulent: { ...decline('card_declined', 'fraudulent', DECLINED, null, null), blocked: true },
  authentication_required: decline(
    'authentication_required',
    'authentication_required',
    'Your card was declined. This transaction requires authentication.',
    'try_again_later',
    '1A',
  ),
}

function decline(
  code: string,
  declineCode: string,
  message: string,
  adviceCode: Decline['adviceCode'],
  networkDeclineCode: string | null,
  param = '',
): Decline {
  return { code, declineCode, message, param, adviceCode, networkDeclineCode }
}

/** The members that a decline adds to an error object, in answers and in `last_payment_error`. */
export function declineMembers(reason: Decline): JsonObject {
  return {
    ...(reason.adviceCode === null ? {} : { advice_code: reason.adviceCode }),
    decline_code: reason.declineCode,
    ...(reason.networkDeclineCode === null ? {} : { network_decline_code: reason.networkDeclineCode }),
  }
}

/** 402, with whatever objects the decline left behind. */
export function cardDeclined(reason: Decline, more: JsonObject = {}): StripeError {
  return new StripeError('card_error', reason.message, {
    status: 402,
    code: reason.code,
    param: reason.param,
    more: { ...declineMembers(reason), ...more },
  })
}
