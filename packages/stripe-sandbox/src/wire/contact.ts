/** People and places, as several of Stripe's objects carry them. */

export type Address = {
  readonly city: string | null
  readonly country: string | null
  readonly line1: string | null
  readonly line2: string | null
  readonly postal_code: string | null
  readonly state: string | null
}

export type AddressParam = { readonly [Part in keyof Address]?: string }

export type Shipping = {
  readonly address: Address
  readonly carrier?: string | null
  readonly name: string
  readonly phone: string | null
  readonly tracking_number?: string | null
}

export interface ShippingParam {
  address: AddressParam
  carrier?: string
  name: string
  phone?: string
  tracking_number?: string
}

/** Absent keeps what is there, '' unsets it. */
export function textOr(present: string | null, given: string | undefined): string | null {
  if (given === undefined) return present
  return given === '' ? null : given
}

export function toAddress(given: AddressParam): Address {
  return {
    city: textOr(null, given.city),
    country: textOr(null, given.country),
    line1: textOr(null, given.line1),
    line2: textOr(null, given.line2),
    postal_code: textOr(null, given.postal_code),
    state: textOr(null, given.state),
  }
}

/** Absent keeps what is there, '' unsets it, parts replace the whole. */
export function addressOr(present: Address | null, given: AddressParam | '' | undefined): Address | null {
  if (given === undefined) return present
  return given === '' ? null : toAddress(given)
}

export function shippingOr(present: Shipping | null, given: ShippingParam | '' | undefined): Shipping | null {
  if (given === undefined) return present
  if (given === '') return null
  return {
    address: toAddress(given.address),
    ...(given.carrier === undefined ? {} : { carrier: textOr(null, given.carrier) }),
    name: given.name,
    phone: textOr(null, given.phone),
    ...(given.tracking_number === undefined ? {} : { tracking_number: textOr(null, given.tracking_number) }),
  }
}
