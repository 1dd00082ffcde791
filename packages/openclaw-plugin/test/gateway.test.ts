import { afterAll, beforeAll, vi } from 'vitest'
import { INSTALL_TIMEOUT_MS } from './support/host.ts'
import { Scene } from './support/scene.ts'
import { approvalsInTheChat } from './suites/approvals-in-the-chat.ts'
import { hostileModel } from './suites/hostile-model.ts'
import { installAndPair } from './suites/install-and-pair.ts'
import { linksInstead } from './suites/links-instead.ts'
import { reading } from './suites/reading.ts'
import { skillExamples } from './suites/skill-examples.ts'
import { theEnd } from './suites/the-end.ts'

// One gateway for all of it, in the order in which a person would come by: its start is what takes long.
const scene = new Scene()

// A turn takes a second, or half a minute where other tests run.
vi.setConfig({ testTimeout: 120_000 })

beforeAll(() => scene.set(), INSTALL_TIMEOUT_MS)
afterAll(() => scene.world.close(), 60_000)

installAndPair(scene)
reading(scene)
approvalsInTheChat(scene)
linksInstead(scene)
hostileModel(scene)
skillExamples(scene)
theEnd(scene)
