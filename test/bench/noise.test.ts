import { describe, expect, it } from 'vitest'
import { withNoise } from '../../native-free-bench/data/noise.ts'
import { splitRandom, type Interactions } from '../../src/index.ts'
import { randomNetwork, tableOfNetwork } from '../networks.ts'

const split = splitRandom(tableOfNetwork(randomNetwork({ users: 40, others: 30, edges: 300, seed: 3 })))
const pairsOf = ({ users, items, user, item }: Interactions): string[] =>
  Array.from(user, (row, at) => `${users.keyOf(row)} ${items.keyOf(item[at])}`)

describe('withNoise', () => {
  const noisy = pairsOf(withNoise(split, 0.2, 1))
  const [train, test] = [split.train, split.test].map(pairsOf)

  it('keeps training, and adds the share in pairs that are neither in it nor in the test, each once', () => {
    expect(noisy.slice(0, train.length)).toEqual(train)
    const added = noisy.slice(train.length)
    expect(added.length).toBe(Math.round(0.2 * train.length))
    expect(new Set(noisy).size).toBe(noisy.length)
    expect(added.filter((pair) => test.includes(pair))).toEqual([])
  })

  it('is a function of the seed', () => {
    expect(pairsOf(withNoise(split, 0.2, 1))).toEqual(noisy)
    expect(pairsOf(withNoise(split, 0.2, 2))).not.toEqual(noisy)
  })
})
