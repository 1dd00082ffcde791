/** Requests to `/mcp` by hand, so that a test can cut them, or get a part of them wrong. */
export interface Rpc {
  method: string
  params?: Record<string, unknown>
  id?: number
}

const ACCEPT = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' }

/** As the revision of 2026-07-28 has it: everything in the request, in the body and once more in headers. */
export function modernRequest({ method, params = {}, id = 1 }: Rpc, capabilities: object = {}): RequestInit {
  const name = params['name'] ?? params['uri']
  return {
    method: 'POST',
    headers: {
      ...ACCEPT,
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      ...(typeof name === 'string' ? { 'mcp-name': name } : {}),
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id,
      method,
      params: {
        ...params,
        _meta: {
          ...(params['_meta'] as object | undefined),
          'io.modelcontextprotocol/protocolVersion': '2026-07-28',
          'io.modelcontextprotocol/clientInfo': { name: 'by hand', version: '1' },
          'io.modelcontextprotocol/clientCapabilities': capabilities,
        },
      },
    }),
  }
}

/** As the revisions before it: the version that a handshake came to, in a header. */
export function legacyRequest({ method, params = {}, id = 1 }: Rpc, version = '2025-11-25'): RequestInit {
  return {
    method: 'POST',
    headers: { ...ACCEPT, 'mcp-protocol-version': version },
    body: JSON.stringify({ jsonrpc: '2.0', id, method, params }),
  }
}

/** The messages of an answer, be it one JSON body or a stream of events. */
// oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers as their readers do
export async function messagesOf(response: Response): Promise<any[]> {
  const text = await response.text()
  if (response.headers.get('content-type')?.startsWith('text/event-stream') !== true) {
    const body: unknown = JSON.parse(text)
    return Array.isArray(body) ? body : [body]
  }
  return [...text.matchAll(/^data: (.+)$/gm)].map((match) => JSON.parse(match[1] ?? '') as unknown)
}
