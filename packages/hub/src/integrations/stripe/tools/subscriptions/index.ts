import type { StripeTool } from '../../define-tool.ts'
import { cancelSubscription } from './cancel-subscription.ts'
import { createSubscriptionItem } from './create-subscription-item.ts'
import { createSubscription } from './create-subscription.ts'
import { deleteSubscriptionItem } from './delete-subscription-item.ts'
import { getSubscription } from './get-subscription.ts'
import { listSubscriptionItems } from './list-subscription-items.ts'
import { listSubscriptions } from './list-subscriptions.ts'
import { pauseSubscription } from './pause-subscription.ts'
import { resumeSubscription } from './resume-subscription.ts'
import { updateSubscription } from './update-subscription.ts'

export const subscriptions: StripeTool[] = [
  listSubscriptions,
  getSubscription,
  createSubscription,
  updateSubscription,
  cancelSubscription,
  pauseSubscription,
  resumeSubscription,
  listSubscriptionItems,
  createSubscriptionItem,
  deleteSubscriptionItem,
]
