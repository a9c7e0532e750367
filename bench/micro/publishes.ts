import { makeReel, type Reel } from '../../src/load/reel.ts'

/** 64 KiB or a little more of publishes to one queue, as a socket read would bring them. */
export function publishes(bodySizeBytes: number): Reel {
  return makeReel({
    exchange: '',
    routes: [{ routingKey: 'a-queue', queue: 0 }],
    bodySizeBytes,
    persistent: false,
    priorities: 0,
    frameMax: 131072,
  })
}
