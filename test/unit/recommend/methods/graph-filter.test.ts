import { describe, expect, it } from 'vitest'
import { lowPass } from '../../../../src/recommend/methods/operators.ts'
import { mix } from '../../../../src/recommend/methods/recipe.ts'
import { explain } from '../../../../src/recommend/explain.ts'
import { recommend, recommendFor } from '../../../../src/recommend/recommend.ts'
import { randomNetwork, tableOfNetwork } from '../../../networks.ts'

const network = randomNetwork({ users: 60, others: 40, edges: 260, seed: 4 })
const table = tableOfNetwork(network)
const degree = (user: string): number => network.edges.filter(({ from }) => network.nodes[from] === user).length
const cut = 0.2
const recipe = mix([lowPass({ cut })], { shortProfiles: 1.5 })
const widened = (n: number) => mix([lowPass({ cut: n < 8 ? cut * (1 + 1.5 / n) : cut })], { shortProfiles: 0 })

describe('a graph filter with shortProfiles', () => {
  const lists = recommend(table, { recipe, k: 10 })

  it('spreads a profile of n < 8 items with a cut that is 1 + shortProfiles / n times as high', () => {
    const lengths = new Set<number>()
    for (const [user, list] of lists) {
      const n = degree(user)
      if (n === 0) continue
      lengths.add(n)
      const alone = recommend(table, { recipe: widened(n), k: 10, users: [user] }).get(user)!
      expect(alone.map(({ item }) => item)).toEqual(list.map(({ item }) => item))
      alone.forEach(({ score }, rank) => expect(score / list[rank].score).toBeCloseTo(1, 4))
    }
    expect([...lengths].filter((n) => n < 8).length).toBeGreaterThan(3)
    expect(Math.max(...lengths)).toBeGreaterThan(7)
  })

  it('counts the items of somebody new, and explains by the same rule', () => {
    const [item] = [...lists.get('u1')!].map((entry) => entry.item)
    const { score, contributions } = explain(table, 'u1', item, { recipe })
    expect(score / lists.get('u1')![0].score).toBeCloseTo(1, 4)
    const profile = contributions.map((part) => part.item)
    expect(recommendFor(table, profile, { recipe, k: 10 })).toEqual(lists.get('u1'))
  })
})
