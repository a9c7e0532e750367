/*
 * How far ahead of a consumer's taking its messages an owner sends them: so many, and bodies of so many
 * octets, or one that has more. It is let send more when it may send no more than half of that. Where a consumer
 * shares a limit with others, it is sent no more than that leaves.
 */
export const WINDOW_COUNT = 1024
export const WINDOW_BYTES: number = 2 * 1024 * 1024
