export type OAuthLibrary = typeof import('oidc-provider')

/**
 * Loads oidc-provider. While it loads, what it would print goes to the log: it takes any Node that is not
 * labelled an LTS release for an unsupported one, which would only worry whoever starts the hub.
 */
export async function loadLibrary(
  log: (event: string, detail: Record<string, unknown>) => void,
): Promise<OAuthLibrary> {
  const { warn } = console
  console.warn = (...parts: unknown[]) => {
    const [text] = parts
    if (typeof text === 'string' && text.includes('oidc-provider')) log('oauth.notice', { text })
    else warn(...parts)
  }
  try {
    return await import('oidc-provider')
  } finally {
    console.warn = warn
  }
}
