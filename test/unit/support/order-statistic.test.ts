import fc from 'fast-check'
import { expect, it } from 'vitest'
import { orderStatistic } from '../../../src/support/order-statistic.ts'
import { atOnce } from '../../../src/support/drive.ts'

it('is the number that stands there when all are sorted', () => {
  const numbers = fc.array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true })), { minLength: 1 })
  fc.assert(
    fc.property(numbers, fc.nat(), (given, at) => {
      const place = at % given.length
      const found = atOnce(orderStatistic(Float64Array.from(given), place))
      expect(found === Float64Array.from(given).sort()[place]).toBe(true)
    }),
  )
})
