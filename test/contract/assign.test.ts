import { describe, expect, it } from 'vitest'
import { EDGE_ATTRIBUTES, NODE_ATTRIBUTES } from '../../src/graph/attribute-names.ts'
import type { AbstractGraph } from '../../src/graph/check.ts'
import * as rivulet from '../../src/index.ts'

interface Assigns {
  assign(graph: AbstractGraph, options: object): void
  readonly defaults: Readonly<Record<string, unknown>>
}

const assigning = Object.entries(rivulet).filter(
  (entry): entry is [string, Assigns & (typeof entry)[1]] => 'assign' in entry[1] && 'defaults' in entry[1],
)

/** Three users with ratings and likes; every attribute that a graph is read by is there. */
function readGraph(): AbstractGraph {
  const rows = ['u', 'v', 'w'].flatMap((user, u) =>
    ['a', 'b', 'u'].flatMap((item, i) => [
      ...(u === i ? [] : [{ user, item, signal: 'rating', value: 1 + ((u + 2 * i) % 5), time: u + i }]),
      { user, item, signal: 'like', value: 1, time: u },
    ]),
  )
  const graph = rivulet.toGraph(rows, { user: 'user', item: 'item', signal: 'signal', value: 'value', time: 'time' })
  graph.setNodeAttribute('user:u', 'genre', 'x')
  graph.setNodeAttribute('item:b', 'genre', 'y')
  return graph
}

const neededBy: Readonly<Record<string, object>> = {
  predictRatings: { signals: { rating: { role: 'label' }, like: { role: 'evidence' } } },
  contrastiveEmbedding: { dimensions: 2, epochs: 1, validationFraction: 0 },
  spectralEmbedding: { dimensions: 2 },
  clusterUsers: { dimensions: 2 },
  clusterItems: { dimensions: 2 },
  personalizedPageRank: {},
  selfTraining: { seeds: 'genre', validation: 0 },
}
const optionsOf = (name: string): object => neededBy[name] ?? { seeds: 'genre' }

const outputs = assigning.flatMap(([name, method]) =>
  Object.keys(method.defaults)
    .filter((option) => /^(?:node|edge)\w+Attribute$/.test(option))
    .map((option) => [name, option, method] as const),
)

it('is known of every method that writes', () => {
  const labels = ['nodeConfidenceAttribute', 'nodeLabelAttribute']
  const known: Readonly<Record<string, readonly string[]>> = {
    clusterItems: ['nodeClusterAttribute'],
    clusterUsers: ['nodeClusterAttribute'],
    contrastiveEmbedding: ['nodeEmbeddingAttribute'],
    inferLabels: labels,
    labelPropagation: labels,
    labelSpreading: labels,
    personalizedPageRank: ['nodePagerankAttribute'],
    poissonLearning: labels,
    predictRatings: ['edgeErrorAttribute', 'edgeRatingAttribute'],
    selfTraining: labels,
    spectralEmbedding: ['nodeEmbeddingAttribute'],
  }
  const names = Object.entries(known).flatMap(([name, options]) => options.map((option) => `${name} ${option}`))
  expect(outputs.map(([name, option]) => `${name} ${option}`).sort()).toEqual(names)
})

describe.each(outputs)('%s.assign, %s', (name, option, method) => {
  const read = Object.values(option.startsWith('node') ? NODE_ATTRIBUTES : EDGE_ATTRIBUTES)

  it.each([...read, '__proto__'])('is never %s, and nothing is written', (attribute) => {
    const graph = readGraph()
    const before = graph.export()
    expect(() => method.assign(graph, { ...optionsOf(name), [option]: attribute })).toThrow(
      expect.objectContaining({
        code: 'INVALID_OPTION',
        message: expect.stringContaining(`${name}.assign, option '${option}': expected`) as string,
        details: { option, value: attribute },
      }) as Error,
    )
    expect(graph.export()).toEqual(before)
  })

  it('leaves a graph that reads as before', () => {
    const graph = readGraph()
    const before = rivulet.toInteractions(graph)
    method.assign(graph, { ...optionsOf(name), [option]: 'constructor' })
    expect(rivulet.toInteractions(graph)).toEqual(before)
  })
})

it('writes two answers onto two attributes', () => {
  const options = { ...neededBy.predictRatings, edgeErrorAttribute: 'predictedRating' }
  expect(() => rivulet.predictRatings.assign(readGraph(), options)).toThrow(
    "'edgeErrorAttribute': expected an attribute other than that of 'edgeRatingAttribute'",
  )
})

it('reads no attribute that all objects have as seeds', () => {
  expect(() => rivulet.labelSpreading(readGraph(), { seeds: 'constructor' })).toThrow(
    expect.objectContaining({ code: 'EMPTY_DATA' }) as Error,
  )
})
