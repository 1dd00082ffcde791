import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ClawHub {
  url: string
  /** The paths that were asked for. */
  asked: string[]
  close(): Promise<void>
}

/** A ClawHub that has one package in one version, as the real one answers for it. */
export async function startClawHub(tarball: string, name: string, version: string): Promise<ClawHub> {
  const bytes = readFileSync(tarball)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`
  const shasum = createHash('sha1').update(bytes).digest('hex')
  const artifact = {
    kind: 'npm-pack',
    format: 'tgz',
    sha256,
    npmIntegrity: integrity,
    npmShasum: shasum,
    size: bytes.length,
  }
  const compatibility = { pluginApiRange: '>=2026.9.6', minGatewayVersion: '2026.9.6' }
  const pkg = {
    name,
    displayName: 'ClawLink',
    family: 'code-plugin',
    channel: 'community',
    isOfficial: false,
  }
  const base = `/api/v1/packages/${name}`
  const asked: string[] = []
  const answers: Record<string, object> = {
    [base]: { package: { ...pkg, latestVersion: version, tags: { latest: version }, compatibility } },
    [`${base}/versions/${version}`]: { package: pkg, version: { version, compatibility, artifact } },
    [`${base}/versions/${version}/artifact`]: {
      package: pkg,
      version: { version, compatibility, artifact },
      artifact,
    },
    [`${base}/versions/${version}/security`]: {
      overview: 'No findings.',
      securityAuditUrl: 'https://clawhub.example/audit',
      package: pkg,
      release: { id: 'release_1', version },
      trust: { blockedFromDownload: false, reasons: [], pending: false, stale: false, scanStatus: 'clean' },
    },
  }
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://clawhub').pathname
    asked.push(path)
    const answer = answers[path]
    if (path === `${base}/versions/${version}/artifact/download`) {
      response.writeHead(200, {
        'content-type': 'application/gzip',
        'x-clawhub-artifact-sha256': sha256,
        'x-clawhub-npm-integrity': integrity,
        'x-clawhub-npm-shasum': shasum,
        'x-clawhub-npm-tarball-name': `${name}-${version}.tgz`,
      })
      response.end(bytes)
    } else {
      response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(answer ?? { error: 'not found' }))
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
