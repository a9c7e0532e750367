// All topics there are.

import { queueDeclare } from './scenarios/queue-declare.ts'
import type { Topic } from './stage/stage.ts'

export const CATALOGUE: readonly Topic[] = [queueDeclare]
