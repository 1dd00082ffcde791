import { z } from 'zod'
import { PROBLEMS } from '../../contract/problem.ts'
import { agentEndpoints } from '../agent-endpoints.ts'
import { attestationEndpoints } from '../attestation-endpoints.ts'
import type { DeviceEndpoint, PersonEndpoint } from '../endpoint.ts'
import { personEndpoints } from '../person-endpoints.ts'

interface Schema {
  properties?: Record<string, unknown>
  required?: string[]
  [key: string]: unknown
}

/** OpenAPI 3.1 of `/api/v1`, derived from the endpoints. */
export function openApiDocument(publicUrl: string, version: string): unknown {
  const paths: Record<string, Record<string, unknown>> = {}
  const add = (endpoint: DeviceEndpoint | PersonEndpoint, security: string): void => {
    const path = (paths[endpoint.path] ??= {})
    path[endpoint.method.toLowerCase()] = operation(endpoint, security)
  }
  for (const endpoint of [...agentEndpoints, ...attestationEndpoints]) add(endpoint, 'device')
  for (const endpoint of personEndpoints) add(endpoint, 'session')
  return {
    openapi: '3.1.0',
    info: { title: 'ClawLink hub', version, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: `${publicUrl}/api/v1` }],
    paths,
    components: {
      securitySchemes: {
        device: {
          type: 'http',
          scheme: 'DPoP',
          description: 'An access token of the device flow, bound to the key of the device (RFC 9449).',
        },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'clawlink_session',
          description: 'A signed-in person. Writes also need the header x-csrf-token.',
        },
      },
      schemas: {
        Problem: {
          type: 'object',
          required: ['error'],
          properties: {
            error: {
              type: 'object',
              required: ['code', 'message', 'retryable'],
              properties: {
                code: { type: 'string', enum: Object.keys(PROBLEMS) },
                message: { type: 'string' },
                retryable: { type: 'boolean' },
                next_step: { type: 'string' },
              },
            },
          },
        },
      },
    },
  }
}

function operation(endpoint: DeviceEndpoint | PersonEndpoint, security: string): unknown {
  const schema = inputSchema(endpoint)
  const inPath = pathNames(endpoint.path)
  const properties = schema.properties ?? {}
  const parameter = (name: string, place: 'path' | 'query'): unknown => ({
    name,
    in: place,
    required: place === 'path' || (schema.required ?? []).includes(name),
    schema: properties[name],
  })
  const others = Object.keys(properties).filter((name) => !inPath.includes(name))
  const inQuery = endpoint.method === 'GET' ? others : []
  return {
    operationId: endpoint.name,
    summary: endpoint.summary,
    security: [{ [security]: [] }],
    parameters: [
      ...inPath.map((name) => parameter(name, 'path')),
      ...inQuery.map((name) => parameter(name, 'query')),
    ],
    ...(endpoint.method === 'POST'
      ? {
          requestBody: {
            required: others.length > 0,
            content: {
              'application/json': {
                schema: {
                  type: 'object',
                  properties: Object.fromEntries(others.map((name) => [name, properties[name]])),
                  required: (schema.required ?? []).filter((name) => others.includes(name)),
                  additionalProperties: false,
                },
              },
            },
          },
        }
      : {}),
    responses: {
      '200': { description: 'Done', content: answerContent(endpoint) },
      default: {
        description: 'A problem, with what to do next',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  }
}

function answerContent({ produces }: DeviceEndpoint | PersonEndpoint): unknown {
  if (produces === undefined) return { 'application/json': { schema: { type: 'object' } } }
  return Object.fromEntries(produces.map((type) => [type, { schema: { type: 'string' } }]))
}

/** The input as JSON Schema, as callers write it (before defaults are filled in). */
export function inputSchema(endpoint: DeviceEndpoint | PersonEndpoint): Schema {
  return z.toJSONSchema(endpoint.input, { io: 'input' })
}

export function pathNames(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '')
}
