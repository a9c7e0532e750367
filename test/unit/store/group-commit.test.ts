import { describe, expect, it } from 'vitest'
import { GroupCommit } from '../../../src/store/group-commit.ts'

/** A group whose commits end when the test says so. */
function createGroup() {
  const commits: string[][] = []
  const ends: { resolve: () => void; reject: (error: Error) => void }[] = []
  const group = new GroupCommit<string>((writes) => {
    commits.push([...writes])
    return new Promise<void>((resolve, reject) => ends.push({ resolve, reject }))
  })
  return { group, commits, ends }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('GroupCommit', () => {
  it('commits together what is added together', async () => {
    const { group, commits, ends } = createGroup()
    const added = [group.add('a', 1), group.add('b', 2), group.add('c', 3)]
    await turn()
    expect(commits).toEqual([['a', 'b', 'c']])
    ends[0]?.resolve()
    expect(await Promise.all(added)).toEqual([1, 2, 3])
  })

  it('keeps what comes during a commit for the next one, of which there is one at a time', async () => {
    const { group, commits, ends } = createGroup()
    const first = group.add('a', 'first')
    await turn()
    const others = ['b', 'c', 'd'].map((write) => group.add(write, write))
    await turn()
    expect(commits).toEqual([['a']])
    ends[0]?.resolve()
    expect(await first).toBe('first')
    await turn()
    expect(commits).toEqual([['a'], ['b', 'c', 'd']])
    ends[1]?.resolve()
    expect(await Promise.all(others)).toEqual(['b', 'c', 'd'])
  })

  it('rejects all of a commit that fails, and none of the next', async () => {
    const { group, ends } = createGroup()
    const failed = [group.add('a', 1), group.add('b', 2)]
    await turn()
    const next = group.add('c', 3)
    ends[0]?.reject(new Error('no space'))
    for (const write of failed) await expect(write).rejects.toThrow('no space')
    await turn()
    ends[1]?.resolve()
    expect(await next).toBe(3)
  })

  it('needs no promise from a commit that is done at once', async () => {
    const commits: string[][] = []
    const group = new GroupCommit<string>((writes) => {
      if (writes.includes('bad')) throw new Error('refused')
      commits.push([...writes])
      return undefined
    })
    expect(await group.add('a', 1)).toBe(1)
    await expect(group.add('bad', 2)).rejects.toThrow('refused')
    expect(await group.add('b', 3)).toBe(3)
    expect(commits).toEqual([['a'], ['b']])
  })

  it('waits when it is closed for what is under way, and refuses more', async () => {
    const { group, ends } = createGroup()
    const added = group.add('a', 'done')
    let isClosed = false
    const closing = group.close().then(() => {
      isClosed = true
    })
    await expect(group.add('b', 'never')).rejects.toThrow('closed')
    await turn()
    expect(isClosed).toBe(false)
    ends[0]?.resolve()
    expect(await added).toBe('done')
    await closing
  })
})
