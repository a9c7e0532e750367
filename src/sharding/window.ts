/*
 * How far ahead of a consumer's taking its messages an owner sends them: so many, and bodies of so many
 * octets, or one that has more. What was taken is told when it is half of that.
 */
export const WINDOW_COUNT = 256
export const WINDOW_BYTES: number = 2 * 1024 * 1024
