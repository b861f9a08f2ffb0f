import { describe, expect, it } from 'vitest'
import { fromColumns } from '../../../src/data/from-columns.ts'
import { transformValues, type SignalTransform } from '../../../src/data/signal-transforms.ts'
import { atOnce } from '../../../src/support/drive.ts'

/** Ann plays much, Bob little, and nobody but Ann knows the jug. */
const plays = fromColumns({
  user: ['ann', 'bob', 'ann', 'ann', 'bob'],
  item: ['tea', 'tea', 'jug', 'mug', 'mug'],
  value: [50, 2, 10, 10, 8],
})

function weightsOf(transform: SignalTransform, table = plays): number[] {
  return [...atOnce(transformValues('test', 'play', transform, table))]
}

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length)
  actual.forEach((weight, row) => expect(weight).toBeCloseTo(expected[row], 5))
}

describe('transformValues', () => {
  it('leaves raw as it is and makes binary 1', () => {
    expect(weightsOf('raw')).toEqual([50, 2, 10, 10, 8])
    expect(weightsOf('binary')).toEqual([1, 1, 1, 1, 1])
  })

  it('takes logarithms', () => {
    expectClose(weightsOf('log1p'), [51, 3, 11, 11, 9].map(Math.log))
  })

  it('saturates by what is much for the user, and lifts what few have, under bm25', () => {
    const idf = [1, 1, 1 + Math.log(3 / 2), 1, 1]
    // Users play 70 and 10, 40 on average.
    const lengths = [70, 10, 70, 70, 10].map((sum) => 0.2 + (0.8 * sum) / 40)
    const expected = [50, 2, 10, 10, 8].map((v, row) => ((101 * v) / (v + 100 * lengths[row])) * idf[row])
    expectClose(weightsOf('bm25'), expected)
  })

  it('multiplies roots by the same under tf-idf', () => {
    const expected = [50, 2, 10, 10, 8].map((v, row) => Math.sqrt(v) * (row === 2 ? 1 + Math.log(3 / 2) : 1))
    expectClose(weightsOf('tf-idf'), expected)
  })

  it('ranks within the user, ties by the mean of their ranks', () => {
    expectClose(weightsOf('rank'), [1, 0.5, 0.5, 0.5, 1])
  })

  it('centres by the mean of the user, drawn to that of all by five rows', () => {
    const ann = (70 + 5 * 16) / 8
    const bob = (10 + 5 * 16) / 7
    expectClose(weightsOf('centred'), [50 - ann, 2 - bob, 10 - ann, 10 - ann, 8 - bob])
  })

  it('gives exact zeros under centred where all values are equal', () => {
    const equal = { ...plays, value: new Float32Array(5).fill(3.3) }
    expect(weightsOf('centred', equal)).toEqual([0, 0, 0, 0, 0])
  })

  it('cuts the longest hundredth of the dwell', () => {
    const seconds = Array.from({ length: 200 }, (_, row) => (row === 7 ? 1e6 : row + 1))
    const table = fromColumns({ user: seconds.map(() => 'ann'), item: seconds.map(String), value: seconds })
    const weights = weightsOf('dwell', table)
    expect(weights[7]).toBeCloseTo(Math.log(200), 4)
    expect(weights[9]).toBeCloseTo(Math.log(11), 5)
  })

  it('counts 1 a row where there are no values', () => {
    const { value: _, ...bare } = plays
    expect(weightsOf('raw', bare)).toEqual([1, 1, 1, 1, 1])
    expectClose(weightsOf('log1p', bare), new Array<number>(5).fill(Math.log(2)))
    expectClose(weightsOf('centred', bare), new Array<number>(5).fill(0))
  })

  it('gives numbers for zeros', () => {
    const zeros = { ...plays, value: new Float32Array(5) }
    for (const transform of ['log1p', 'bm25', 'tf-idf', 'dwell', 'centred'] as const) {
      expect(weightsOf(transform, zeros)).toEqual([0, 0, 0, 0, 0])
    }
    expectClose(weightsOf('rank', zeros), [2 / 3, 0.75, 2 / 3, 2 / 3, 0.75])
  })

  it.each(['log1p', 'bm25', 'tf-idf', 'dwell'] as const)('takes no value below 0 under %s', (transform) => {
    const minus = { ...plays, value: Float32Array.of(1, 1, 1, -1, 1) }
    expect(() => weightsOf(transform, minus)).toThrow(
      `test, signal 'play', user 'ann', item 'mug': expected a value >= 0 for transform '${transform}', got -1.`,
    )
  })
})
