import type { PlantedBug } from './bug.ts'
import { APPROVAL_BUGS } from './approval-bugs.ts'
import { OUTCOME_BUGS } from './outcome-bugs.ts'
import { SENDING_BUGS } from './sending-bugs.ts'

/** Each has to be caught, or the torture proves nothing. */
export const ALL_BUGS: readonly PlantedBug[] = [...APPROVAL_BUGS, ...SENDING_BUGS, ...OUTCOME_BUGS]
