/** Tables at the ends of what tables can be: where memory goes to one side, to nothing, or to the answer. */
import { DenseKeyIndex } from '../../src/advanced.ts'
import { fromColumns, type InteractionColumns, type Interactions } from '../../src/index.ts'

/** Users and items that are few beside the many. */
const FEW = 10

/** By name, of `size` nodes on the side that is large. Values are 1 to 5. */
export const EXTREME_TABLES = {
  'one user': (size) => oneAgainst(size, (one, many) => ({ user: one, item: many })),
  'one item': (size) => oneAgainst(size, (one, many) => ({ user: many, item: one })),
  isolated: (size) => ({
    ...pairsOf(FEW * FEW, (at) => [at % FEW, Math.floor(at / FEW)]),
    users: new DenseKeyIndex(size / 2),
    items: new DenseKeyIndex(size / 2),
  }),
  /** A hundred users of one item in fifty each. */
  broad: (size) => pairsOf(2 * size, (at) => [(Math.imul(at, 0x9e3779b1) >>> 0) % 100, at % size]),
  /** Item, user, item, user ... */
  chain: (size) => pairsOf(size - 1, (at) => [Math.floor(at / 2), Math.ceil(at / 2)]),
} satisfies Record<string, (size: number) => InteractionColumns>

export type ExtremeName = keyof typeof EXTREME_TABLES

export const extremeTable = (name: ExtremeName, size: number): Interactions => fromColumns(EXTREME_TABLES[name](size))

function pairsOf(count: number, pairAt: (at: number) => readonly [user: number, item: number]) {
  const [user, item, value] = [new Int32Array(count), new Int32Array(count), new Float32Array(count)]
  for (let at = 0; at < count; at++) {
    ;[user[at], item[at]] = pairAt(at)
    value[at] = 1 + (at % 5)
  }
  return { user, item, value }
}

/** One node tied to all of the other side, and a few to a few of them. */
function oneAgainst(
  size: number,
  sides: (one: Int32Array, many: Int32Array) => Pick<InteractionColumns, 'user' | 'item'>,
) {
  const pairs = pairsOf(size + FEW * FEW, (at) =>
    at < size ? [0, at] : [1 + Math.floor((at - size) / FEW), ((at - size) * 7919) % size],
  )
  return { ...sides(pairs.user, pairs.item), value: pairs.value }
}
