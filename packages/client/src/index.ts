/** What a device needs to work with a hub. Its key and tokens live in one file that its owner alone can read. */
export { createDeviceClient, type DeviceClient, type DeviceClientOptions } from './device-client.ts'
export {
  deleteCredentials,
  NotPaired,
  readCredentials,
  writeCredentials,
  writePrivateFile,
  type DeviceCredentials,
  type DeviceKey,
} from './credentials.ts'
export { signAnswer, type ChatAnswer } from './attestation.ts'
export { createProofs, newDeviceKey, type Fetch } from './device-oauth.ts'
export { forgetPairing, keepPairing, keptPairing, pollKeptPairing } from './kept-pairing.ts'
export {
  finishPairing,
  pollPairing,
  startPairing,
  type FinishPairing,
  type PairingOutcome,
  type PendingPairing,
  type StartPairing,
} from './pairing.ts'
