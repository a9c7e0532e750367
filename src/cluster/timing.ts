// How fast a cluster notices what has happened to a node. All of them belong together: a node must
// have given up its shards before another one is sure that it has.

/** How often a node writes down that it lives. */
export const BEAT_MS = 500
/** A node that could not prove for so long that it lives owns nothing any more. */
export const FENCE_MS = 1500
/** One that has proved nothing for so long, as others see it, has fenced itself. */
export const DEAD_MS = 1650

/** How often nodes ask each other. */
export const PING_MS = 100
/** So often in a row nobody must listen for a node before its process has ended. */
export const UNHEARD_PINGS = 3
/** The same while it may be on its way from one NATS server to another. */
export const UNHEARD_PINGS_MOVING = 5
/** A node that has not answered for so long is looked up in what it writes down. */
export const SUSPECT_MS = 350

/** How often a node looks at its own clock, to find that its time is over. */
export const FENCE_CHECK_MS = 50
/** How long it takes leave at most: what it has not let go of by then, others take as if it had died. */
export const LEAVE_MS = 5000
/** How long it waits before it tries again to be a node. */
export const REJOIN_MS = 250
