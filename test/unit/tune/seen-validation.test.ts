import { describe, expect, it } from 'vitest'
import { fromRows, joinInteractions, renameSignals, splitRandom, tune, type Interactions } from '../../../src/index.ts'

const table = fromRows(
  Array.from({ length: 40 }, (_, u) =>
    Array.from({ length: 5 }, (_, k) => ({ u: `u${u}`, i: `i${(u * 3 + k * k) % 23}`, v: 1 + ((u * k) % 5) })),
  ).flat(),
  { user: 'u', item: 'i', value: 'v' },
)
const { train, test } = splitRandom(table)
const CHOICES = { trials: 2, seed: 1 } as const
const ratings = { interaction: { role: 'label' } } as const

const WAYS: Readonly<Record<string, (validation: Interactions) => { seenPairs: number; answer: unknown }>> = {
  'tune of a recipe'(validation) {
    const tuning = tune(train, { ...CHOICES, search: 'recipe', validation, baselines: [] })
    return { seenPairs: tuning.validation.seenPairs, answer: { ...tuning, validation: tuning.validation.heldOut } }
  },
  tune(validation) {
    const { validation: by, score } = tune(train, { ...CHOICES, validation, method: 'rp3beta' })
    return { seenPairs: by.seenPairs, answer: [by.heldOut, by.examples, score] }
  },
  'tune of ratings'(validation) {
    const options = { balance: 0, signals: ratings, rank: 2 } as const
    const tuning = tune(train, { ...CHOICES, validation, method: 'predictRatings', options })
    return { seenPairs: tuning.validation.seenPairs, answer: [tuning.validation.heldOut, tuning.score] }
  },
  'tune of signals'(validation) {
    const tuning = tune(train, { ...CHOICES, search: 'signals', validation })
    return { seenPairs: tuning.validation.seenPairs, answer: { ...tuning, validation: tuning.validation.heldOut } }
  },
  'tune of a balance'(validation) {
    const signals = { interaction: { role: 'label' }, view: { role: 'evidence' } } as const
    const both = joinInteractions(train, renameSignals(train, { interaction: 'view' }))
    const tuning = tune(both, { search: 'balance', signals, lambdas: [1], validation })
    return { seenPairs: tuning.validation.seenPairs, answer: { ...tuning, validation: tuning.validation.heldOut } }
  },
}

describe.each(Object.entries(WAYS))('%s by a validation table', (_, choose) => {
  const apart = choose(test)

  it('counts the pairs that the source holds and leaves them out', () => {
    expect(apart.seenPairs).toBe(0)
    const mixed = choose(joinInteractions(test, train))
    expect(mixed.seenPairs).toBe(train.length)
    expect(mixed.answer).toEqual(apart.answer)
  })

  it('refuses one that the source holds whole', () => {
    expect(() => choose(train)).toThrowError(expect.objectContaining({ name: 'RivuletError', code: 'EMPTY_DATA' }))
    expect(() => choose(train)).toThrowError(/the source/)
  })
})
