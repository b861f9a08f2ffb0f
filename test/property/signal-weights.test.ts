import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromColumns } from '../../src/data/from-columns.ts'
import { inferSignals } from '../../src/data/infer-signals.ts'
import type { Interactions } from '../../src/data/interactions.ts'
import type { SignalRule, SignalRules } from '../../src/data/signal-rules.ts'
import { TRANSFORM_NAMES } from '../../src/data/signal-transforms.ts'
import { weighRows } from '../../src/data/signal-weights.ts'

interface Row {
  readonly user: string
  readonly item: string
  readonly signal: string
  readonly value: number
  readonly time: number
}

const NAMES = ['buy', 'view', 'play'] as const

const row: fc.Arbitrary<Row> = fc.record({
  user: fc.constantFrom('ann', 'bob', 'cat', 'dan'),
  item: fc.constantFrom('tea', 'mug', 'jug', 'bun', 'jam'),
  signal: fc.constantFrom(...NAMES),
  value: fc.integer({ min: 0, max: 50 }),
  time: fc.oneof(fc.integer({ min: 0, max: 1000 }), fc.constant(NaN)),
})
const rule: fc.Arbitrary<SignalRule> = fc.record(
  {
    role: fc.constantFrom('label', 'evidence'),
    weight: fc.integer({ min: -8, max: 8 }),
    transform: fc.constantFrom(...TRANSFORM_NAMES),
    halfLife: fc.constantFrom(null, 1, 100, 5000),
  },
  { requiredKeys: [] },
)
const rows = fc.array(row, { minLength: 1, maxLength: 30 })
const rules = fc.record({ buy: rule, view: rule, play: rule })

function tableOf(some: readonly Row[]): Interactions {
  return fromColumns({
    user: some.map(({ user }) => user),
    item: some.map(({ item }) => item),
    signal: some.map(({ signal }) => signal),
    value: some.map(({ value }) => value),
    time: some.map(({ time }) => time),
  })
}

/** Weights by pair; signals that have no row are left out of the rules. */
function weigh(table: Interactions, signals: SignalRules): Map<string, number> {
  const known = Object.fromEntries(Object.entries(signals).filter(([name]) => table.signals.includes(name)))
  const { user, item, data } = weighRows('test', table, { weighted: true, signals: known })
  const totals = new Map<string, number>()
  user.forEach((one, at) => {
    const pair = `${table.users.keyOf(one)} ${table.items.keyOf(item[at])}`
    totals.set(pair, (totals.get(pair) ?? 0) + (data === null ? 1 : data[at]))
  })
  return totals
}

function expectSame(actual: Map<string, number>, expected: Map<string, number>): void {
  expect([...actual.keys()].sort()).toEqual([...expected.keys()].sort())
  for (const [pair, weight] of expected) {
    expect(Math.abs((actual.get(pair) ?? NaN) - weight)).toBeLessThanOrEqual(1e-4 * Math.max(1, Math.abs(weight)))
  }
}

describe('weights by rule', () => {
  it('are linear in the weights, and add over the signals', () => {
    fc.assert(
      fc.property(rows, rules, (some, given) => {
        const table = tableOf(some)
        const doubled = Object.fromEntries(
          Object.entries(given).map(([name, one]) => [name, { ...one, weight: 2 * (one.weight ?? 1) }]),
        )
        const whole = weigh(table, given)
        expectSame(weigh(table, doubled), new Map([...whole].map(([pair, weight]) => [pair, 2 * weight])))
        const sum = new Map<string, number>()
        for (const name of table.signals) {
          for (const [pair, weight] of weigh(table, { [name]: given[name as 'buy'] }))
            sum.set(pair, (sum.get(pair) ?? 0) + weight)
        }
        expectSame(whole, sum)
      }),
    )
  })

  it('do not depend on how users, items and signals are numbered', () => {
    // Without repeated rows: of labels the later row counts where times tie.
    const distinct = fc.uniqueArray(row, {
      minLength: 1,
      maxLength: 30,
      selector: ({ user, item, signal }) => `${user} ${item} ${signal}`,
    })
    fc.assert(
      fc.property(distinct, rules, (some, given) => {
        expectSame(weigh(tableOf([...some].reverse()), given), weigh(tableOf(some), given))
      }),
    )
  })

  it('do not depend on when time begins', () => {
    fc.assert(
      fc.property(rows, rules, (some, given) => {
        const later = some.map(({ time, ...rest }) => ({ ...rest, time: time + 7 }))
        expectSame(weigh(tableOf(later), given), weigh(tableOf(some), given))
      }),
    )
  })

  it('are finite, and of the sign of the weight but under centred', () => {
    fc.assert(
      fc.property(rows, rule, (some, one) => {
        const table = tableOf(some)
        const given = Object.fromEntries(table.signals.map((name) => [name, one]))
        for (const weight of weigh(table, given).values()) {
          expect(Number.isFinite(weight)).toBe(true)
          if (one.transform !== 'centred') expect(weight * (one.weight ?? 1)).toBeGreaterThanOrEqual(0)
        }
      }),
    )
  })

  it('are what is inferred, whatever the table', () => {
    fc.assert(
      fc.property(rows, (some) => {
        const table = tableOf(some)
        const inferred = inferSignals(table)
        expect(Object.keys(inferred)).toEqual([...table.signals])
        for (const weight of weigh(table, inferred).values()) expect(Number.isFinite(weight)).toBe(true)
      }),
    )
  })
})
