import { copyFileSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import {
  openTrialLog,
  readCheckpoint,
  readClusters,
  readCompiled,
  readEmbedding,
  tune,
  writeCheckpoint,
  writeClusters,
  writeCompiled,
  writeEmbedding,
} from '../../src/index.ts'
import { temporaryFolder } from '../unit/io/temporary.ts'

const folder = temporaryFolder()
const kept = (name: string): string => fileURLToPath(new URL(`saved/${name}`, import.meta.url))

describe('files of earlier versions', () => {
  it.each([
    ['model-1', async (path: string, out: string) => writeCompiled(out, await readCompiled(path))],
    ['model-4', async (path: string, out: string) => writeCompiled(out, await readCompiled(path))],
    ['embedding-1', async (path: string, out: string) => writeEmbedding(out, await readEmbedding(path))],
    ['clusters-1', async (path: string, out: string) => writeClusters(out, await readClusters(path))],
    ['checkpoint-1', async (path: string, out: string) => writeCheckpoint(out, await readCheckpoint(path))],
  ] as const)('are read, and written again byte for byte: %s', async (name, copy) => {
    await copy(kept(name), folder.path(name))
    expect(readFileSync(folder.path(name))).toEqual(readFileSync(kept(name)))
  })

  it('serve what they were made to: a compiled recommender with relations', async () => {
    const compiled = await readCompiled(kept('model-4'))
    expect(compiled.relations).toEqual(['genre', 'age', 'friend'])
    const person = { items: ['ronin'], attributes: { age: '30', genre: 'sf' } }
    const expected = [
      ['dune', 2.7651036],
      ['alien', 0.0325214],
      ['heat', 0.0306888],
      ['arrival', 0.0080253],
    ] as const
    const list = compiled.recommendFor(person, { k: 4 })
    expect(list.map(({ item }) => item)).toEqual(expected.map(([item]) => item))
    list.forEach(({ score }, at) => expect(score).toBeCloseTo(expected[at][1], 6))
    expect(() => compiled.recommendFor({ attributes: { friend: 'dan' } })).toThrow(/between two users/)
  })

  it('are gone on with: a log of trials', async () => {
    const path = folder.path('trials.jsonl')
    copyFileSync(kept('trials-1.jsonl'), path)
    using log = openTrialLog(path)
    const space = { x: { uniform: [0, 1] } } as const
    let asked = 0
    const evaluate = ({ x = 0 }: { x?: number }): readonly number[] => [x + 0 * asked++]
    const search = await tune(evaluate, { space, trials: 3, log })
    // The best of them is asked once more, for its single examples.
    expect([asked, search.best]).toEqual([1, { x: 0.863 }])
    expect(readFileSync(path)).toEqual(readFileSync(kept('trials-1.jsonl')))
  })
})
