import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { EMBEDDING_FORMAT, encodeSaved } from '../../../src/advanced.ts'
import {
  contrastiveEmbedding,
  readCheckpoint,
  readEmbedding,
  readInteractions,
  spectralEmbedding,
} from '../../../src/index.ts'
import { ratedWorld } from '../../ratings.ts'
import { temporaryFolder } from '../io/temporary.ts'
import { CIRCLE, documentOf, rivulet, type Outcome } from './stage.ts'

const folder = temporaryFolder()
const circle = folder.write('circle.csv', CIRCLE)
const single = ['--threads', '1']
const rows = ratedWorld({ users: 60, items: 40, labels: 6, views: 12, telling: true })
const world = folder.write(
  'world.csv',
  `user,item,signal\n${rows.map(({ user, item, signal }) => [user, item, signal].join()).join('\n')}\n`,
)

describe('embed', () => {
  it('writes the singular vectors of the library, with the options given, and tells how good they are', async () => {
    const out = folder.path('circle.embedding')
    const args = ['embed', circle, '--dimensions', '2', '--options', '{"valueExponent":1}', '--out', out, ...single]
    const facts = documentOf<Record<string, unknown>>(await rivulet([...args, '--json']))
    const expected = spectralEmbedding.detailed(await readInteractions(circle), { dimensions: 2, valueExponent: 1 })
    expect(encodeSaved(EMBEDDING_FORMAT, await readEmbedding(out))).toEqual(encodeSaved(EMBEDDING_FORMAT, expected))
    const { values, residuals, iterations, converged, notes } = expected
    const quality = { values: [...values], residuals: [...residuals], iterations, converged, notes }
    const size = { users: 3, items: 3, dimensions: 2 }
    expect(facts).toMatchObject({ ...expected.facts, ...size, ...quality, out })

    const { code, stdout, stderr } = await rivulet(args)
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /^dimension {2}singular value {2}residual\n1 +1\.0000 +\d\.\de[-+]\d+\n2 +0\.5000 +\d\.\de[-+]\d+\n$/,
    )
    expect(stderr).toMatch(/^3 users, 3 items, 2 dimensions in \d+\.\d s -> .*circle\.embedding\n$/)
  })

  it('says when there are fewer dimensions than asked for, and when vectors are not there yet', async () => {
    const few = await rivulet(['embed', circle, '--dimensions', '9', '--out', folder.path('few.embedding'), ...single])
    expect(few.stdout).toContain('note: 3 of 9 dimensions: the matrix has no larger rank')
    const early = ['--dimensions', '4', '--options', '{"maxIterations":1,"tolerance":1e-9}']
    const { stdout } = await rivulet(['embed', world, ...early, '--out', folder.path('early.embedding'), ...single])
    expect(stdout).toContain('note: not converged after 1 iterations; raise maxIterations')
  })

  it('trains, by the signals that are named', async () => {
    const out = folder.path('trained.embedding.gz')
    const options = { epochs: 3, batchSize: 64, negatives: 15, layers: 1 }
    const args = ['embed', world, '--method', 'contrastive', '--dimensions', '4', '--seed', '5', '--signals', 'view=1']
    const all = [...args, '--options', JSON.stringify(options), '--out', out, ...single]
    const facts = documentOf<{ losses: number[]; signals: object }>(await rivulet([...all, '--json']))
    const expected = contrastiveEmbedding.detailed(await readInteractions(world), {
      ...options,
      dimensions: 4,
      seed: 5,
      signals: { view: 1 },
    })
    expect(encodeSaved(EMBEDDING_FORMAT, await readEmbedding(out))).toEqual(encodeSaved(EMBEDDING_FORMAT, expected))
    expect(facts).toMatchObject({ method: 'contrastive', losses: [...expected.losses], signals: { view: 1 } })
    const { stdout } = await rivulet(all)
    expect(stdout).toMatch(/^epoch +loss\n1 +\d\.\d+\n2 +\d\.\d+\n3 +\d\.\d+\n$/)
  })

  it('shows the epoch that did best on validation users', async () => {
    const options = { epochs: 3, batchSize: 64, negatives: 15, layers: 1, validationFraction: 0.3 }
    const args = ['embed', world, '--method', 'contrastive', '--dimensions', '4', '--options', JSON.stringify(options)]
    const { stdout } = await rivulet([...args, '--out', folder.path('judged.embedding'), ...single])
    expect(stdout).toMatch(/^epoch +loss +validation NDCG\n/)
    expect(stdout).toMatch(/\nvectors are from epoch [0-3], the best one\n$/)
  })

  describe('with --checkpoint', () => {
    const options = { batchSize: 64, negatives: 15, validationFraction: 0.3 }
    const train = (name: string, checkpoint: string, epochs: number, ...more: string[]): Promise<Outcome> => {
      const training = [
        '--method',
        'contrastive',
        '--dimensions',
        '4',
        '--options',
        JSON.stringify({ ...options, epochs }),
      ]
      const files = ['--checkpoint', checkpoint, '--out', folder.path(name)]
      return rivulet(['embed', world, ...training, ...files, ...single, ...more])
    }

    it('goes on where it ended, to the bits of a run that was never interrupted', async () => {
      const [whole, parts] = [folder.path('whole.checkpoint'), folder.path('parts.checkpoint.gz')]
      expect((await train('whole.embedding', whole, 3)).stderr).toMatch(/^60 users/)
      expect((await train('parts.embedding', parts, 1)).code).toBe(0)
      expect((await readCheckpoint(parts)).epoch).toBe(1)
      expect((await train('parts.embedding', parts, 3)).stderr).toMatch(
        /^resuming after epoch 1 of .*parts.checkpoint.gz\n/,
      )
      const embeddings = ['whole.embedding', 'parts.embedding'].map((name) => readFileSync(folder.path(name)))
      expect(embeddings[1]).toEqual(embeddings[0])
      expect(await readCheckpoint(parts)).toEqual(await readCheckpoint(whole))
      // Nothing is left to train, and no line disturbs the document.
      expect(documentOf(await train('again.embedding', whole, 3, '--json'))).toMatchObject({ stoppedAt: 3 })
      expect(readFileSync(folder.path('again.embedding'))).toEqual(embeddings[0])
    })

    it('refuses one of other data or options, and what is none, and leaves them as they are', async () => {
      const path = folder.path('kept.checkpoint')
      await train('first.embedding', path, 1)
      const bytes = readFileSync(path)
      for (const [more, other] of [
        [['--signals', 'view=1'], 'data'],
        [['--seed', '2'], 'options'],
      ] as const) {
        const { code, stderr } = await train('refused.embedding', path, 2, ...more)
        expect(code).toBe(2)
        expect(stderr).toContain('kept.checkpoint')
        expect(stderr).toContain(`expected a checkpoint of the same data and options, got one with different ${other}.`)
      }
      const { code, stderr } = await train('refused.embedding', circle, 2)
      expect([code, readFileSync(circle, 'utf8')]).toEqual([1, CIRCLE])
      expect(stderr).toContain('expected a checkpoint of a training, got another kind of file')
      expect([readFileSync(path), existsSync(folder.path('refused.embedding'))]).toEqual([bytes, false])
    })

    it('ends after an epoch that cannot be kept', async () => {
      const { code, stderr } = await train('lost.embedding', folder.path('no/folder/x.checkpoint'), 2)
      expect([code, existsSync(folder.path('lost.embedding'))]).toEqual([1, false])
      expect(stderr).toContain('a folder that does not exist')
    })
  })

  it('writes text that other tools read, to the last bit of single precision', async () => {
    const { userVectors, itemVectors } = spectralEmbedding.detailed(await readInteractions(circle), { dimensions: 3 })
    const entries = [...userVectors.data, ...itemVectors.data]
    const lines = async (name: string): Promise<string[]> => {
      const out = folder.path(name)
      expect((await rivulet(['embed', circle, '--dimensions', '3', '--out', out, ...single])).code).toBe(0)
      const bytes = readFileSync(out)
      return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8').trimEnd().split('\n')
    }
    for (const [name, delimiter] of [
      ['vectors.tsv', '\t'],
      ['vectors.csv.gz', ','],
    ] as const) {
      const [head, ...body] = (await lines(name)).map((line) => line.split(delimiter))
      expect(head).toEqual(['kind', 'id', 'v1', 'v2', 'v3'])
      expect(body.map(([kind, id]) => `${kind} ${id}`)).toEqual([
        ...['user ann', 'user bob', 'user cat'],
        ...['item tea', 'item jam', 'item bun'],
      ])
      expect(body.flatMap(([, , ...fields]) => fields.map((field) => Math.fround(Number(field))))).toEqual(entries)
    }
    const nodes = (await lines('vectors.jsonl')).map((line) => JSON.parse(line) as { id: string; vector: number[] })
    expect(nodes[0]).toMatchObject({ kind: 'user', id: 'ann' })
    expect(nodes.flatMap(({ vector }) => vector.map(Math.fround))).toEqual(entries)
  })

  it.each([
    [['--out', 'vectors.txt'], 'expected a name that ends in .embedding, .csv, .tsv, .jsonl'],
    [['--out', folder.path('x.embedding'), '--dimensions', '0'], ', --dimensions: '],
    [['--out', folder.path('x.embedding'), '--method', 'word2vec'], 'Allowed choices are spectral, contrastive'],
    [['--out', folder.path('x.embedding'), '--options', '{"epochs":3}'], "got 'epochs'"],
    [
      ['--out', folder.path('x.embedding'), '--checkpoint', folder.path('x.checkpoint')],
      '--checkpoint requires --method contrastive',
    ],
    [[], "required option '--out <file>'"],
  ])('refuses %j before a file is read', async (args, message) => {
    const { code, stdout, stderr } = await rivulet(['embed', 'no-such-file.csv', ...args, ...single])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(message)
  })

  it('leaves nothing behind when it is interrupted', async () => {
    const out = folder.path('interrupted.embedding')
    const { code } = await rivulet(['embed', world, '--out', out, ...single], AbortSignal.abort(new Error('enough')))
    expect([code, existsSync(out)]).toEqual([1, false])
  })
})
