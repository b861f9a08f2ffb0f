import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readInteractions } from '../../src/index.ts'
import { publishedResults, splitFingerprint } from '../../src/advanced.ts'
import { documentOf, rivulet } from '../unit/cli/stage.ts'

const folder = process.env.RIVULET_DATA ?? '../shared/data'
const fileOf = (set: string, part: string): string => join(folder, set, `${part}.txt.gz`)
const missing = !existsSync(fileOf('gowalla', 'train')) || !existsSync(fileOf('yelp2018', 'train'))

interface EvaluationDocument {
  readonly published: { readonly name: string } | null
  readonly sparsestTenth: { readonly to: number; readonly users: number; readonly metrics: Record<string, number> }
}

describe.skipIf(missing)(
  `splits with published figures${missing ? ' (skipped: no public data; set RIVULET_DATA)' : ''}`,
  () => {
    it.each([
      ['gowalla', 'Gowalla, LightGCN split'],
      ['yelp2018', 'Yelp2018, LightGCN split'],
    ])('%s is known by its fingerprint', async (set, name) => {
      const fingerprint = splitFingerprint(
        await readInteractions(fileOf(set, 'train')),
        await readInteractions(fileOf(set, 'test')),
      )
      expect(publishedResults(fingerprint)?.name).toBe(name)
    })

    it('are told by the command only where the run ranks as the papers do', async () => {
      const files = ['--train', fileOf('gowalla', 'train'), '--test', fileOf('gowalla', 'test')]
      const run = async (...more: string[]): Promise<EvaluationDocument> =>
        documentOf(await rivulet(['evaluate', ...files, '--method', 'popularity', '--threads', '1', '--json', ...more]))
      const { published, sparsestTenth } = await run()
      expect(published?.name).toBe('Gowalla, LightGCN split')
      expect([sparsestTenth.to, sparsestTenth.users]).toEqual([8, 4111])
      expect(sparsestTenth.metrics['recall@20']).toBeCloseTo(0.042, 3)
      expect(sparsestTenth.metrics['ndcg@20']).toBeCloseTo(0.022, 3)
      expect((await run('--exclude', 'none')).published).toBeNull()
      expect((await run('--k', '10')).published).toBeNull()
    })
  },
)
