/** What the provider said no with. */
export const PROVIDER_PROBLEMS = {
  // No object with this id, by its kind.
  customer_not_found: { status: 404, retryable: false },
  payment_intent_not_found: { status: 404, retryable: false },
  payment_method_not_found: { status: 404, retryable: false },
  charge_not_found: { status: 404, retryable: false },
  refund_not_found: { status: 404, retryable: false },
  subscription_not_found: { status: 404, retryable: false },
  subscription_item_not_found: { status: 404, retryable: false },
  subscription_schedule_not_found: { status: 404, retryable: false },
  invoice_not_found: { status: 404, retryable: false },
  invoice_item_not_found: { status: 404, retryable: false },
  invoice_line_item_not_found: { status: 404, retryable: false },
  credit_note_not_found: { status: 404, retryable: false },
  checkout_session_not_found: { status: 404, retryable: false },
  product_not_found: { status: 404, retryable: false },
  price_not_found: { status: 404, retryable: false },
  coupon_not_found: { status: 404, retryable: false },
  promotion_code_not_found: { status: 404, retryable: false },
  discount_not_found: { status: 404, retryable: false },
  dispute_not_found: { status: 404, retryable: false },
  payout_not_found: { status: 404, retryable: false },
  bank_account_not_found: { status: 404, retryable: false },
  balance_transaction_not_found: { status: 404, retryable: false },
  customer_balance_transaction_not_found: { status: 404, retryable: false },
  setup_intent_not_found: { status: 404, retryable: false },
  billing_portal_configuration_not_found: { status: 404, retryable: false },
  source_not_found: { status: 404, retryable: false },
  tax_rate_not_found: { status: 404, retryable: false },
  tax_code_not_found: { status: 404, retryable: false },
  shipping_rate_not_found: { status: 404, retryable: false },
  account_not_found: { status: 404, retryable: false },
  test_clock_not_found: { status: 404, retryable: false },
  object_not_found: { status: 404, retryable: false },
  // The payment or its payment method.
  card_declined: { status: 402, retryable: false },
  insufficient_funds: { status: 402, retryable: false },
  authentication_required: { status: 402, retryable: false },
  payment_method_unusable: { status: 402, retryable: false },
  missing_payment_method: { status: 409, retryable: false },
  bank_account_rejected: { status: 409, retryable: false },
  processing_error: { status: 502, retryable: true },
  amount_too_small: { status: 400, retryable: false },
  amount_too_large: { status: 400, retryable: false },
  already_refunded: { status: 409, retryable: false },
  // The request, and the objects it names.
  invalid_state: { status: 409, retryable: false },
  resource_already_exists: { status: 409, retryable: false },
  limit_reached: { status: 409, retryable: false },
  address_invalid: { status: 400, retryable: false },
  idempotency_conflict: { status: 409, retryable: false },
  // The connection, and Stripe itself.
  permission_missing: { status: 403, retryable: false },
  account_restricted: { status: 403, retryable: false },
  wrong_mode: { status: 409, retryable: false },
  credential_rejected: { status: 409, retryable: false },
  provider_rejected: { status: 400, retryable: false },
  provider_rate_limited: { status: 429, retryable: true },
  provider_unavailable: { status: 502, retryable: true },
  provider_mismatch: { status: 502, retryable: false },
} as const satisfies Record<string, { status: number; retryable: boolean }>

/**
 * Every failure that a caller can meet, with the HTTP status that carries it and whether the same call may
 * succeed later without a change. A code is for ever: agents and scripts branch on it.
 */
export const PROBLEMS = {
  // The request itself.
  invalid_json: { status: 400, retryable: false },
  invalid_params: { status: 400, retryable: false },
  card_number_refused: { status: 400, retryable: false },
  body_too_large: { status: 413, retryable: false },
  unsupported_media_type: { status: 415, retryable: false },
  not_found: { status: 404, retryable: false },
  method_not_allowed: { status: 405, retryable: false },
  misdirected_request: { status: 421, retryable: false },
  rate_limited: { status: 429, retryable: true },
  // Who asks.
  unauthenticated: { status: 401, retryable: false },
  forbidden: { status: 403, retryable: false },
  csrf_failed: { status: 403, retryable: false },
  setup_link_invalid: { status: 410, retryable: false },
  pairing_not_found: { status: 404, retryable: false },
  passkey_refused: { status: 403, retryable: false },
  passkeys_unavailable: { status: 409, retryable: false },
  // What is asked for.
  integration_not_found: { status: 404, retryable: false },
  tool_not_found: { status: 404, retryable: false },
  device_not_found: { status: 404, retryable: false },
  connection_not_found: { status: 404, retryable: false },
  missing_connection: { status: 409, retryable: false },
  connection_ambiguous: { status: 409, retryable: false },
  connection_frozen: { status: 409, retryable: false },
  connection_not_frozen: { status: 409, retryable: false },
  connection_rejected: { status: 422, retryable: false },
  alias_taken: { status: 409, retryable: false },
  tool_blocked: { status: 403, retryable: false },
  policy_conflict: { status: 409, retryable: false },
  preset_not_found: { status: 404, retryable: false },
  allowance_not_found: { status: 404, retryable: false },
  // The gate.
  confirmation_required: { status: 409, retryable: false },
  confirmation_not_found: { status: 404, retryable: false },
  confirmation_pending: { status: 409, retryable: true },
  confirmation_mismatch: { status: 409, retryable: false },
  confirmation_expired: { status: 409, retryable: false },
  confirmation_stale: { status: 409, retryable: false },
  confirmation_revoked: { status: 409, retryable: false },
  confirmation_in_progress: { status: 409, retryable: true },
  confirmation_unresolved: { status: 409, retryable: true },
  confirmation_decided: { status: 409, retryable: false },
  assurance_too_low: { status: 403, retryable: false },
  attestation_refused: { status: 403, retryable: false },
  write_rejected: { status: 403, retryable: false },
  write_not_carried_out: { status: 409, retryable: false },
  ...PROVIDER_PROBLEMS,
  // Ours.
  audit_unavailable: { status: 503, retryable: true },
  audit_not_whole: { status: 409, retryable: false },
  audit_busy: { status: 409, retryable: true },
  shutting_down: { status: 503, retryable: true },
  internal_error: { status: 500, retryable: true },
} as const satisfies Record<string, { status: number; retryable: boolean }>

export type ProblemCode = keyof typeof PROBLEMS

export interface ProblemOptions {
  /** What the caller can do about it, in a sentence that names a tool or a person's action. */
  nextStep?: string
  /** For us: goes to the log, never to the caller. */
  internal?: string
  /** Structured facts for the caller: field violations, suggestions, what Stripe said. */
  details?: Record<string, unknown>
  cause?: unknown
}

/** A failure with two texts: `message` for the caller, `internal` for the log. */
export class Problem extends Error {
  readonly code: ProblemCode
  readonly nextStep: string | undefined
  readonly internal: string | undefined
  readonly details: Record<string, unknown> | undefined

  constructor(code: ProblemCode, message: string, options: ProblemOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'Problem'
    this.code = code
    this.nextStep = options.nextStep
    this.internal = options.internal
    this.details = options.details
  }

  get status(): number {
    return PROBLEMS[this.code].status
  }

  /** `{ error: { code, message, retryable, next_step?, … } }`: the same on every surface. */
  toWire(): ProblemWire {
    return {
      error: {
        // First, so that no detail takes the place of the code.
        ...this.details,
        code: this.code,
        message: this.message,
        retryable: PROBLEMS[this.code].retryable,
        ...(this.nextStep === undefined ? {} : { next_step: this.nextStep }),
      },
    }
  }
}

export interface ProblemWire {
  error: { code: string; message: string; retryable: boolean; next_step?: string; [detail: string]: unknown }
}

/** Anything thrown, as a Problem: what we did not foresee tells the caller nothing of the inside. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (isDiskFailure(error)) {
    return new Problem('audit_unavailable', 'The hub cannot write its database, so this is refused.', {
      nextStep: 'The owner has to look at the hub: its disk may be full.',
      internal: error.message,
      cause: error,
    })
  }
  return new Problem(
    'internal_error',
    'The hub failed while handling this request. Nothing was approved by it.',
    {
      internal: error instanceof Error ? (error.stack ?? error.message) : String(error),
      cause: error,
    },
  )
}

/** SQLite's own word for it, at whatever statement the disk was found to be full or broken. */
function isDiskFailure(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && /^SQLITE_(?:FULL|IOERR)/.test(String(error.code))
}
