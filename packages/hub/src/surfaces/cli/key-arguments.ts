/** An argument that is a key of Stripe's, or an option or a JSON text with one in it. */
const KEY_ARGUMENT = /^(?:--?[\w-]+=)?["']?(?:sk|rk|pk)_/i
const KEY_WITHIN = /(?<![a-z0-9])(?:sk|rk|pk)_(?:(?:test|live)_\w+|[a-z0-9]{16,})/gi

/** Arguments end up in the shell's history and in every process list of the machine, so a key must not be one. */
export function carriesKey(argument: string): boolean {
  return KEY_ARGUMENT.test(argument) || argument.search(KEY_WITHIN) !== -1
}

/** The last defence for error texts: whoever put a key into one, it is not printed. */
export function withoutKeys(text: string): string {
  return text.replaceAll(KEY_WITHIN, '[key]')
}
