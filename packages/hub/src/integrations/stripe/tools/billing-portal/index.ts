import { createBillingPortalConfiguration } from './create-billing-portal-configuration.ts'
import { createBillingPortalSession } from './create-billing-portal-session.ts'

export const billingPortal = [createBillingPortalSession, createBillingPortalConfiguration]
