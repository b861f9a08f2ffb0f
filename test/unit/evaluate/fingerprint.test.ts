import { describe, expect, it } from 'vitest'
import { splitFingerprint } from '../../../src/evaluate/fingerprint.ts'
import { tableOf } from '../../oracle/tables.ts'

const train = tableOf(['u1 a', 'u1 b', 'u2 a', 'u3 c'])
const test = tableOf(['u1 c', 'u2 b'])
const { hash } = splitFingerprint(train, test)

describe('splitFingerprint', () => {
  it('counts users, items and pairs of both sides', () => {
    expect(splitFingerprint(train, test)).toEqual({ users: 3, items: 3, train: 4, test: 2, hash })
    expect(hash).toMatch(/^[0-9a-f]{16}$/)
  })

  it('counts distinct pairs, and users and items that occur', () => {
    const repeated = tableOf(['u1 a', 'u1 a', 'u2 a', 'u1 b', 'u3 c', 'u3 c'])
    expect(splitFingerprint(repeated, test)).toEqual(splitFingerprint(train, test))
    const shared = tableOf(['u1 a', 'u9 z'])
    const onlyFirst = { ...shared, user: shared.user.slice(0, 1), item: shared.item.slice(0, 1), length: 1 }
    expect(splitFingerprint(onlyFirst, onlyFirst)).toMatchObject({ users: 1, items: 1, train: 1, test: 1 })
  })

  it('does not depend on the order of the rows or the numbering of the keys', () => {
    expect(splitFingerprint(tableOf(['u3 c', 'u2 a', 'u1 b', 'u1 a']), tableOf(['u2 b', 'u1 c'])).hash).toBe(hash)
  })

  it.each([
    ['sides are exchanged', test, train],
    ['a pair moves to the other side', tableOf(['u1 a', 'u1 b', 'u2 a']), tableOf(['u1 c', 'u2 b', 'u3 c'])],
    ['two users exchange their items', tableOf(['u2 a', 'u2 b', 'u1 a', 'u3 c']), test],
    ['a key changes by one letter', tableOf(['u1 a', 'u1 b', 'u2 a', 'u3 d']), test],
    ['two ends are exchanged', tableOf(['u1 a', 'u1 b', 'u2 c', 'u3 a']), test],
  ])('changes when %s', (_, otherTrain, otherTest) => {
    expect(splitFingerprint(otherTrain, otherTest).hash).not.toBe(hash)
  })

  it('refuses a table with numbers that nobody has, and says which one', () => {
    const damaged = { ...train, item: train.item.map(() => 9) }
    const refusal = (side: string): Error =>
      expect.objectContaining({
        code: 'INVALID_DATA',
        message: expect.stringContaining(`splitFingerprint, ${side}`) as string,
      }) as Error
    expect(() => splitFingerprint(damaged, test)).toThrow(refusal('train'))
    expect(() => splitFingerprint(train, damaged)).toThrow(refusal('test'))
  })

  it('does not collide over 10,000 single pairs', () => {
    const hashes = new Set<string>()
    for (let user = 0; user < 100; user++) {
      for (let item = 0; item < 100; item++) {
        const pair = tableOf([`${user} ${item}`])
        hashes.add(splitFingerprint(pair, pair).hash)
      }
    }
    expect(hashes.size).toBe(10_000)
  })

  it('is the same on every machine', () => {
    expect(hash).toBe('c321604098aba7bc')
  })
})
