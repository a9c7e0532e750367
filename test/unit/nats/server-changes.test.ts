import { describe, expect, it } from 'vitest'
import { ServerChanges } from '../../../src/nats/server-changes.ts'

type Info = NonNullable<ConstructorParameters<typeof ServerChanges>[0]['info']>

/** What a server says of itself and of the others. */
const infoOf = (server: string, ...urls: string[]): Info =>
  ({ server_id: server, cluster: 'c', connect_urls: urls }) as unknown as Info

describe('NATS servers', () => {
  it('have changed lately when one has gone, or has come again, for a second', () => {
    const connection = { info: infoOf('A', 'a:1', 'b:1') }
    const changes = new ServerChanges(connection)
    changes.look(0)
    changes.look(5000)
    expect(changes.areRecent(5000)).toBe(false)
    connection.info = infoOf('A', 'a:1')
    changes.look(5100)
    changes.look(5200)
    expect(changes.areRecent(6100)).toBe(true)
    expect(changes.areRecent(6101)).toBe(false)
    connection.info = infoOf('A', 'b:1', 'a:1')
    changes.look(7000)
    expect(changes.areRecent(7000)).toBe(true)
  })

  it('have not changed when they are told in another order', () => {
    const connection = { info: infoOf('A', 'a:1', 'b:1') }
    const changes = new ServerChanges(connection)
    changes.look(0)
    connection.info = infoOf('A', 'b:1', 'a:1')
    changes.look(2000)
    expect(changes.areRecent(2000)).toBe(false)
  })

  it('have changed when the connection is with another one', () => {
    const connection = { info: infoOf('A', 'a:1', 'b:1') }
    const changes = new ServerChanges(connection)
    changes.look(0)
    connection.info = infoOf('B', 'a:1', 'b:1')
    changes.look(2000)
    expect(changes.areRecent(2000)).toBe(true)
  })

  it('may always have changed where they are a cluster and name nobody', () => {
    const changes = new ServerChanges({ info: infoOf('A') })
    for (const nowMs of [0, 2000, 4000]) changes.look(nowMs)
    expect(changes.areRecent(4000)).toBe(true)
  })

  it('do not change where there is one', () => {
    const changes = new ServerChanges({ info: { server_id: 'A' } as unknown as Info })
    for (const nowMs of [0, 2000]) changes.look(nowMs)
    expect(changes.areRecent(2000)).toBe(false)
  })
})
