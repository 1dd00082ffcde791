import { inspect } from 'node:util'

const REDACTED = '[secret]'

/** A secret that prints, logs and serialises as `[secret]`; `reveal` is the one way to its value. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  reveal(): string {
    return this.#value
  }

  toString(): string {
    return REDACTED
  }

  toJSON(): string {
    return REDACTED
  }

  [inspect.custom](): string {
    return REDACTED
  }
}
