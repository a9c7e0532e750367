import { expect } from 'vitest'
import type { RawChannel } from './raw-client-channel.ts'

/** Waits until so many messages are ready in a queue. */
export async function hasReady(channel: RawChannel, queue: string, count: number): Promise<void> {
  const readyCount = async () => (await channel.counts(queue)).messageCount
  await expect.poll(readyCount, { interval: 5, timeout: 30_000 }).toBe(count)
}
