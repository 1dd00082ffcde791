import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { deriveDefinitions, type DerivedDefinitions } from './derive-definitions.ts'

/** Derives from a made-up package with one resource, `things`, and whatever else the files hold. */
async function deriveFrom(script: string, declarations: string): Promise<DerivedDefinitions> {
  const folder = await mkdtemp(join(tmpdir(), 'stripe-definitions-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await mkdir(join(folder, 'resources'))
  await writeFile(
    join(folder, 'stripe.core.js'),
    `import { ThingResource } from './resources/Things.js'
     export class Stripe { constructor() { this.things = new ThingResource(this) } }`,
  )
  await writeFile(join(folder, 'resources', 'Things.js'), script)
  await writeFile(join(folder, 'resources', 'Things.d.ts'), declarations)
  return deriveDefinitions({ folder, version: '0.0.1', apiVersion: '2026-01-01.test' })
}

const THING = `export interface Thing { id: string; object: 'thing' }`

test('a resource that is understood leaves nothing to say', async () => {
  const { definitions, notUnderstood } = await deriveFrom(
    `export class ThingResource extends StripeResource {
       retrieve(id, params, options) {
         return this._makeRequest('GET', \`/v1/things/\${encodeURIComponent(id)}\`, params, options)
       }
     }`,
    `export declare class ThingResource extends StripeResource {
       /** Retrieves a [thing](https://example.test). */
       retrieve(id: string, params?: ThingRetrieveParams, options?: RequestOptions): Promise<Response<Thing>>
     }
     ${THING}
     export interface ThingRetrieveParams { parent?: ThingRetrieveParams.Parent }
     export declare namespace ThingRetrieveParams { interface Parent { id: string; parent?: Parent } }`,
  )
  expect(notUnderstood).toEqual([])
  expect(definitions.operations).toMatchObject([
    {
      id: 'things.retrieve',
      method: 'GET',
      path: '/v1/things/{id}',
      pathParams: ['id'],
      description: 'Retrieves a thing.',
    },
  ])
  // A type that contains itself is written out once and then named.
  expect(definitions.operations[0]?.params.properties?.['parent']?.properties).toMatchObject({
    id: { type: 'string' },
    parent: { $ref: '#/objects/ThingRetrieveParams.Parent' },
  })
  expect(Object.keys(definitions.objects)).toEqual(['Thing', 'ThingRetrieveParams.Parent'])
})

test('requests, resources, types and signatures of an unknown shape are all reported', async () => {
  const { definitions, notUnderstood } = await deriveFrom(
    `export class ThingResource extends StripeResource {
       create(params, options) { return this._makeRequest('POST', '/v1/things', params, options) }
       rename(id, params, options) { return this._send('POST', '/v1/things', params, options) }
       replace(id, params, options) { return this._makeRequest('PUT', '/v1/things', params, options) }
       touch(id, options) { return this._makeRequest('POST', '/v1/things/touch', undefined, options) }
     }
     export class OtherResource extends StripeResource {}`,
    `export declare class ThingResource extends StripeResource {
       create(params: ThingCreateParams, options?: RequestOptions): Promise<Envelope<Thing>>
       touch(id: string, options?: RequestOptions): Promise<Response<Thing>>
     }
     ${THING}
     export interface ThingCreateParams { pair: [string, string]; colour?: Missing; keys?: Set<string> }`,
  )
  expect(notUnderstood).toEqual([
    'resources/Things.js: OtherResource is not reached from the client',
    'things.create.colour: Missing',
    'things.create.keys: Set<string>',
    'things.create.pair: [string, string]',
    'things.create: result Promise<Envelope<Thing>>',
    'things.rename: makes no request that we can read',
    'things.replace: makes no request that we can read',
    "things.replace: requests PUT '/v1/things'",
    'things.touch: takes id, options where options was expected',
  ])
  expect(definitions.operations.map(({ id }) => id)).toEqual(['things.create', 'things.touch'])
})
