import { describe, expect, it } from 'vitest'
import { keepAccuracy, readAccuracy, readAllAccuracy } from '../../native-free-bench/report/accuracy-lines.ts'
import type { AccuracyLine } from '../../native-free-bench/report/accuracy-lines.ts'
import { temporaryFolder } from '../unit/io/temporary.ts'

const folder = temporaryFolder()
const line = (label: string, ndcg20: number): AccuracyLine =>
  ({ set: 'demo', label, overall: { users: 1, recall20: 0, ndcg20 } }) as AccuracyLine
const told = (lines: readonly AccuracyLine[]): unknown[] => lines.map(({ label, overall }) => [label, overall.ndcg20])

describe('keepAccuracy', () => {
  it('replaces rows of the same label, keeps the others in the order of the list, gives up what is no recipe', async () => {
    const path = folder.write('accuracy-demo.jsonl', `${JSON.stringify(line('given up', 9))}\n`)
    const results = path.replace(/\/[^/]*$/, '')
    await keepAccuracy(results, 'demo', [line('default', 0.1), line('popularity', 0.2)])
    const kept = await keepAccuracy(results, 'demo', [line('default', 0.3)])
    expect(told(kept)).toEqual([
      ['popularity', 0.2],
      ['default', 0.3],
    ])
    expect(await readAccuracy(results, 'demo')).toEqual(kept)
    expect((await readAllAccuracy(results)).map(([set]) => set)).toEqual(['demo'])
  })

  it('has nothing of a set that was never measured', async () => {
    expect(await readAccuracy(folder.path('nowhere'), 'gowalla')).toEqual([])
  })
})
