import { agentEndpoints } from '../agent-endpoints.ts'
import type { DeviceEndpoint } from '../endpoint.ts'

export function endpointOf(name: string): DeviceEndpoint {
  const endpoint = agentEndpoints.find((one) => one.name === name)
  if (endpoint === undefined) throw new Error(`there is no endpoint ${name}`)
  return endpoint
}
