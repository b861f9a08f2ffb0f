import { describe, expect, it } from 'vitest'
import { endWithLastPurchase, holdOutLastPurchase, PROTOCOLS } from '../../native-free-bench/data/next-purchase.ts'
import { fromRows, type Interactions } from '../../src/index.ts'

/** Ann buys the mug at 10,000, in a visit that began at 9,000; Bob buys nothing. */
const table = fromRows(
  [
    { user: 'ann', item: 'tea', event: 'buy', time: 100 },
    { user: 'ann', item: 'mug', event: 'view', time: 200 },
    { user: 'ann', item: 'cup', event: 'view', time: 9000 },
    { user: 'ann', item: 'mug', event: 'cart', time: 9500 },
    { user: 'ann', item: 'mug', event: 'buy', time: 10_000 },
    { user: 'ann', item: 'jam', event: 'view', time: 10_100 },
    { user: 'ann', item: 'oil', event: 'view', time: 50_000 },
    { user: 'bob', item: 'jam', event: 'view', time: 60_000 },
  ],
  { user: 'user', item: 'item', signal: 'event', time: 'time' },
)

const rowsOf = ({ users, items, user, item, signal, signals }: Interactions): string[] =>
  Array.from(user, (who, row) => `${users.keyOf(who)} ${signals[signal?.[row] ?? 0]} ${items.keyOf(item[row])}`)

const [before, other] = [['ann buy tea'], ['bob view jam']]

describe('the last purchase held out', () => {
  it.each([
    ['its rows taken out, all others stay', [...before, 'ann view cup', 'ann view jam', 'ann view oil', ...other]],
    ['and nothing from the purchase on', [...before, 'ann view cup', ...other]],
    ['and nothing of that visit', [...before, ...other]],
    ['what was before the purchase', [...before, 'ann view mug', 'ann view cup', 'ann cart mug', ...other]],
    ['earlier visits', [...before, 'ann view mug', ...other]],
  ])('%s', (label, rows) => {
    const protocol = PROTOCOLS.find((one) => one.label === label)!
    const { train, test } = holdOutLastPurchase(table, protocol)
    expect(rowsOf(train)).toEqual(rows)
    expect(rowsOf(test)).toEqual(['ann buy mug'])
  })

  it('is the last that stays where tables end with it', () => {
    expect(rowsOf(endWithLastPurchase(table, 'before'))).toEqual([
      ...[...before, 'ann view mug', 'ann view cup', 'ann cart mug', 'ann buy mug', ...other],
    ])
    expect(rowsOf(endWithLastPurchase(table, 'visits before'))).toEqual([...before, 'ann view mug', ...other])
  })
})
