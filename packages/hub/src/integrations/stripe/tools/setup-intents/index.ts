import { cancelSetupIntent } from './cancel-setup-intent.ts'
import { confirmSetupIntent } from './confirm-setup-intent.ts'
import { createSetupIntent } from './create-setup-intent.ts'

export const setupIntents = [createSetupIntent, confirmSetupIntent, cancelSetupIntent]
