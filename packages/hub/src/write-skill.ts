import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createStripe } from './integrations/stripe/stripe.ts'
import { createSender } from './integrations/stripe/wire/send.ts'
import { renderSkill } from './surfaces/skill/render-skill.ts'

const SKILL = fileURLToPath(new URL('../../../skills/stripe-payments/SKILL.md', import.meta.url))

const stripe = await createStripe(createSender([]))
writeFileSync(SKILL, renderSkill(stripe.tools))
process.stdout.write(`wrote ${SKILL}\n`)
