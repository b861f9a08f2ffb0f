import { describe, expect, it } from 'vitest'
import { evidenceGraph, matrixOf, pairsWithout, readRatings } from '../../../src/ratings/data.ts'
import type { SignalRules, Signals } from '../../../src/data/signal-rules.ts'
import { buildCsr } from '../../../src/matrix/build.ts'
import { atOnce } from '../../../src/support/drive.ts'
import { denseOf, denseOfCoordinates } from '../../oracle/linear-algebra.ts'
import { RATED, ratedTable } from '../../ratings.ts'

const ROWS = ['a x stars 4', 'a y stars 2', 'b x stars 5', 'a x view', 'b y view', 'b z view', 'b z view']
const read = (rows: readonly string[], signals: Signals, names?: readonly string[]) =>
  atOnce(readRatings('test', ratedTable(rows, names), signals))
const graphAt = (lambda: number, rows = ROWS, signals: SignalRules = RATED) => {
  const { labels, evidence } = read(rows, signals)
  return denseOfCoordinates(atOnce(evidenceGraph(atOnce(matrixOf(labels)), evidence, lambda)))
}

describe('readRatings', () => {
  it('tells labels from evidence by their roles, whatever they are called', () => {
    const { label, labels, evidence } = read(ROWS, RATED)
    expect([label, [...(labels.value ?? [])]]).toEqual(['stars', [4, 2, 5]])
    expect(denseOf(evidence!)).toEqual([
      [1, 0, 0],
      [0, 1, 1],
    ])
    const turned = read(ROWS, { view: { role: 'label' }, stars: { role: 'evidence', transform: 'raw' } })
    expect(turned.label).toBe('view')
    expect(denseOf(turned.evidence!)).toEqual([
      [4, 2, 0],
      [5, 0, 0],
    ])
  })

  it('finds the roles by itself', () => {
    const { label, evidence } = read(ROWS, 'auto')
    expect([label, evidence?.nnz]).toEqual(['stars', 3])
  })

  it('takes the last of several labels of a pair', () => {
    const { labels } = read(['a x stars 4', 'a y stars 3', 'a x stars 1'], RATED)
    expect(denseOf(atOnce(matrixOf(labels)))).toEqual([[1, 3]])
  })

  it('leaves out what is not named', () => {
    const { evidence } = read([...ROWS, 'a z cart'], RATED, ['stars', 'view', 'cart'])
    expect(evidence?.nnz).toBe(3)
  })

  it('has no evidence where there is none: not named, or without rows', () => {
    expect(read(ROWS, { stars: { role: 'label' } }).evidence).toBeNull()
    expect(read(['a x stars 4'], RATED).evidence).toBeNull()
  })

  it('refuses evidence that speaks against an item, and names it', () => {
    expect(() => read(ROWS, { ...RATED, view: -1 })).toThrowError(
      /^test, user 'a', item 'x': expected evidence weights from 0 to 1000000000000, where labels/,
    )
  })

  it.each<[string, Signals, RegExp, string]>([
    ['no label', { view: 1 }, /got none\. Signals of this data: 'stars', 'view'/, 'EMPTY_DATA'],
    ['two', { stars: { role: 'label' }, view: { role: 'label' } }, /got 'stars' and 'view'/, 'INVALID_OPTION'],
    ['an unknown one', { star: { role: 'label' } }, /got 'star'\. Did you mean 'stars'/, 'UNKNOWN_KEY'],
  ])('refuses %s', (_, signals, message, code) => {
    expect(() => read(ROWS, signals)).toThrowError(message)
    expect(() => read(ROWS, signals)).toThrowError(expect.objectContaining({ code }) as Error)
  })

  it('refuses labels without values or rows', () => {
    const { value: _, ...table } = ratedTable(ROWS)
    expect(() => atOnce(readRatings('test', table, RATED))).toThrowError(/signal with role 'label' and values/)
    expect(() => read(['a x view'], RATED)).toThrowError(/signal with role 'label' and values/)
  })
})

describe('evidenceGraph', () => {
  it('weighs a label 1 and a pair with evidence alone lambda times its evidence', () => {
    expect(graphAt(0.3, ROWS, { ...RATED, view: 2 })).toEqual([
      [1, 1, 0],
      [1, Math.fround(0.6), Math.fround(0.6)],
    ])
  })

  it('gains nothing from evidence beside a label', () => {
    const beside = ['a x view', 'a y view', 'b x view']
    expect(graphAt(0.3, [...ROWS, ...beside])).toEqual(graphAt(0.3))
  })

  it('is the graph of the labels at lambda 0', () => {
    const { labels, evidence } = read(ROWS, RATED)
    const graph = atOnce(evidenceGraph(atOnce(matrixOf(labels)), evidence, 0))
    expect(graph.row).toHaveLength(3)
    expect(graph).toEqual(atOnce(evidenceGraph(atOnce(matrixOf(labels)), null, 0.3)))
  })
})

describe('pairsWithout', () => {
  it('finds the pairs of evidence that have no label, and where they are stored', () => {
    const { labels, evidence } = read(ROWS, RATED)
    const { user, item, edge } = atOnce(pairsWithout(atOnce(matrixOf(labels)), evidence))
    expect([[...user], [...item], [...edge]]).toEqual([
      [1, 1],
      [1, 2],
      [1, 2],
    ])
    expect(buildCsr({ rowCount: 2, columnCount: 3, row: user, column: item }).nnz).toBe(2)
  })
})
