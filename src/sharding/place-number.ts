/*
 * A message's place in a queue as one number: its sequence, and the level whose sequence that is, in
 * a queue that has priorities. So it is the same whoever owns the queue.
 */

const LEVELS = 256

export const placeNumber = (sequence: number, level: number): number => sequence * LEVELS + level

export const sequenceOf = (place: number): number => Math.floor(place / LEVELS)

export const levelOf = (place: number): number => place % LEVELS
