import fc from 'fast-check'
import { randomNetwork, type NamedNetwork } from '../networks.ts'

/** With few edges, so that nodes stay isolated and there are several components. */
const shape = (others: number) => ({
  others: fc.integer({ min: 3, max: others }),
  edges: fc.integer({ min: 3, max: 45 }),
  weighted: fc.boolean(),
  seed: fc.nat(),
})

/** Small networks of users and items. */
export const bipartite = (users = 12, items = 14): fc.Arbitrary<NamedNetwork> =>
  fc.record({ ...shape(items), users: fc.integer({ min: 2, max: users }) }).map(randomNetwork)

/** Small networks of one kind of node. */
export const square: fc.Arbitrary<NamedNetwork> = fc.record(shape(14)).map(randomNetwork)

export const directed: fc.Arbitrary<NamedNetwork> = fc
  .record({ ...shape(14), directed: fc.constant(true) })
  .map(randomNetwork)
