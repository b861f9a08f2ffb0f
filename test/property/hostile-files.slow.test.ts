import fc from 'fast-check'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { clusterUsers } from '../../src/cluster/cluster-users.ts'
import type { ContrastiveCheckpoint } from '../../src/embed/contrastive-checkpoint.ts'
import { contrastiveEmbedding } from '../../src/embed/contrastive-embedding.ts'
import { embeddingFace } from '../../src/embed/embedding.ts'
import { spectralEmbedding } from '../../src/embed/spectral-embedding.ts'
import { clusterDiagram } from '../../src/report/cluster-svg.ts'
import type { Relations } from '../../src/data/relation-options.ts'
import { compile } from '../../src/recommend/compile.ts'
import { CompiledRecommender } from '../../src/recommend/compiled.ts'
import { recommend } from '../../src/recommend/recommend.ts'
import { readCheckpoint, readClusters, readCompiled, readEmbedding } from '../../src/io/saved-files.ts'
import { RivuletError } from '../../src/support/errors.ts'
import { driftingTable } from '../unit/data/drifting-rows.ts'
import { randomNetwork, tableOfNetwork } from '../networks.ts'
import { temporaryFolder } from '../unit/io/temporary.ts'
import { forge, forgeAsTold, openFile } from './forged-file.ts'
import { encodeSaved } from '../../src/support/sections.ts'
import { decodeSaved } from '../../src/plan/file-limits.ts'
import { EMBEDDING_FORMAT } from '../../src/embed/embedding-format.ts'
import { CHECKPOINT_FORMAT } from '../../src/embed/checkpoint-format.ts'
import { CLUSTERS_FORMAT } from '../../src/cluster/clusters-format.ts'

const folder = temporaryFolder()
const table = tableOfNetwork(randomNetwork({ users: 12, others: 9, edges: 40, seed: 3 }))
const embedding = spectralEmbedding.detailed(table, { dimensions: 3 })
const TRAINING = { dimensions: 3, epochs: 2, batchSize: 5, negatives: 4 } as const
const checkpoints: ContrastiveCheckpoint[] = []
contrastiveEmbedding(table, { ...TRAINING, onCheckpoint: (checkpoint) => checkpoints.push(checkpoint) })

interface Kind {
  readonly file: Uint8Array
  readonly read: (path: string) => Promise<unknown>
  /** Reads bytes, uses what came out, and writes it again. */
  readonly use: (bytes: Uint8Array) => Uint8Array
}

function serve(bytes: Uint8Array): Uint8Array {
  const compiled = CompiledRecommender.decode(bytes)
  const [first] = compiled.items.keys()
  compiled.recommendFor([first], { k: 3, exclude: 'none' })
  compiled.explain([first], first)
  return compiled.encode()
}

const ids = (letter: string, count: number): string[] => Array.from({ length: count }, (_, at) => `${letter}${at}`)
const relations: Relations = {
  kind: {
    // Some that nobody took.
    rows: ids('i', 14).map((item, at) => ({ item, kind: 'abc'[at % 3] })),
    ...{ item: 'item', attribute: 'kind' },
  },
  age: { rows: ids('u', 12).map((user, at) => ({ user, age: 20 + (at % 2) })), user: 'user', attribute: 'age' },
}

const timed = driftingTable({ rows: 60, items: 9, seed: 2, drift: null })
const RULE = { halfLife: 10 }

const KINDS: Readonly<Record<string, Kind>> = {
  'a compiled recommender': {
    file: compile(table, { entriesPerItem: 4 }).encode(),
    read: readCompiled,
    use: serve,
  },
  'a compiled recommender with a head, of a day': {
    file: compile(timed, { head: 2, entriesPerItem: 4, recency: RULE }).encode(),
    read: readCompiled,
    use: serve,
  },
  'a compiled recommender with relations': {
    file: compile(table, { entriesPerItem: 4, relations }).encode(),
    read: readCompiled,
    use(bytes) {
      CompiledRecommender.decode(bytes).recommendFor({ attributes: { age: 20, kind: 'a' } }, { k: 12, exclude: 'none' })
      return serve(bytes)
    },
  },
  'an embedding': {
    file: encodeSaved(EMBEDDING_FORMAT, embedding),
    read: readEmbedding,
    use(bytes) {
      const read = decodeSaved('test', EMBEDDING_FORMAT, bytes)
      embeddingFace.value(read)
      read.nodes.rowOf('u1')
      return encodeSaved(EMBEDDING_FORMAT, read)
    },
  },
  clusters: {
    file: encodeSaved(CLUSTERS_FORMAT, clusterUsers.detailed(table, { embedding })),
    read: readClusters,
    use(bytes) {
      const clusters = decodeSaved('test', CLUSTERS_FORMAT, bytes)
      clusterDiagram(clusters, { data: new Float32Array(2 * clusters.members.size) })
      recommend(table, { k: 1, prior: clusters })
      return encodeSaved(CLUSTERS_FORMAT, clusters)
    },
  },
  'a checkpoint': {
    file: encodeSaved(CHECKPOINT_FORMAT, checkpoints[0]),
    read: readCheckpoint,
    use(bytes) {
      const checkpoint = decodeSaved('test', CHECKPOINT_FORMAT, bytes)
      contrastiveEmbedding(table, { ...TRAINING, epochs: Math.min(3, checkpoint.epoch), resume: checkpoint })
      return encodeSaved(CHECKPOINT_FORMAT, checkpoint)
    },
  },
}

type Outcome = 'READ_FAILED' | 'refused in use' | 'the same' | 'another'

/** @throws what is no RivuletError: nothing of the kind may come out. */
function outcomeOf({ file, use }: Kind, bytes: Uint8Array): Outcome {
  try {
    const written = use(bytes)
    return Buffer.compare(written, file) === 0 ? 'the same' : 'another'
  } catch (error) {
    if (!(error instanceof RivuletError)) throw error
    return error.code === 'READ_FAILED' ? 'READ_FAILED' : 'refused in use'
  }
}

/** A place in the bytes, as a share of them. */
const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const placeIn = (bytes: Uint8Array, at: number): number => Math.floor(at * bytes.length)

const damage = fc.oneof(
  fc
    .array(fc.tuple(share, fc.integer({ min: 0, max: 7 })), { minLength: 1, maxLength: 4 })
    .map((flips) => (file: Uint8Array): Uint8Array => {
      const bytes = file.slice()
      for (const [at, bit] of flips) bytes[placeIn(bytes, at)] ^= 1 << bit
      return bytes
    }),
  share.map((at) => (file: Uint8Array) => file.slice(0, placeIn(file, at))),
  fc.tuple(share, share).map(([one, other]) => (file: Uint8Array): Uint8Array => {
    const [from, to] = [placeIn(file, one), placeIn(file, other)]
    return Uint8Array.from([...file.slice(0, from), ...file.slice(to)])
  }),
  fc.tuple(share, fc.uint8Array({ minLength: 1, maxLength: 40 })).map(([at, more]) => (file: Uint8Array) => {
    const place = placeIn(file, at)
    return Uint8Array.from([...file.slice(0, place), ...more, ...file.slice(place)])
  }),
)

/** What a fact may be forged to. */
const fact = fc.oneof(
  fc.constantFrom(
    ...[-1, 0, 0.5, 1, 2, 2 ** 24, 2 ** 31, 2 ** 32, 2 ** 53, 1e300, '', '__proto__', null, true, [], {}],
  ),
  fc.jsonValue(),
)

/** Some value somewhere in JSON is another, is gone, or has a companion. */
function forgeFact(json: unknown, path: number, value: unknown, how: number): unknown {
  if (json === null || typeof json !== 'object' || how === 3) return value
  const copy = (Array.isArray(json) ? [...(json as unknown[])] : { ...json }) as Record<string, unknown>
  const keys = Object.keys(copy)
  if (keys.length === 0) return value
  const key = keys[Math.abs(path) % keys.length]
  const inner = Math.trunc(path / keys.length)
  if (inner === 0 && how === 0) delete copy[key]
  else if (inner === 0 && how === 1) copy[`${key}2`] = value
  else copy[key] = inner === 0 ? value : forgeFact(copy[key], inner, value, how)
  return copy
}

const words = fc.array(
  fc.tuple(share, fc.constantFrom(0, 1, 2, 7, 0x7f800000, 0x7fc00000, 0x7fffffff, 0x80000000, 0xffffffff)),
  {
    minLength: 1,
    maxLength: 3,
  },
)

describe.each(Object.entries(KINDS))('%s from anybody', (_, kind) => {
  const { file } = kind
  const opened = openFile(file)

  it('is what it was, or refused, wherever it is damaged', () => {
    expect(outcomeOf(kind, file)).toBe('the same')
    fc.assert(
      fc.property(damage, (damaged) => {
        expect(['the same', 'READ_FAILED']).toContain(outcomeOf(kind, damaged(file)))
      }),
      { numRuns: 60 },
    )
  })

  it('is refused by one code, or of use, whatever its facts are', () => {
    const seen = new Set<Outcome>()
    fc.assert(
      fc.property(fc.nat(1e6), fact, fc.nat(3), (path, value, how) => {
        const facts = forgeFact(opened.header.facts, path, value, how)
        seen.add(outcomeOf(kind, forge({ ...opened, header: { ...opened.header, facts } })))
      }),
      { numRuns: 120 },
    )
    expect(seen).toContain('READ_FAILED')
  })

  it('is refused whatever its places tell that is not so', () => {
    const told = fc.constantFrom('name', 'bytes', 'checksum', 'order', 'none', 'twice')
    fc.assert(
      fc.property(fc.nat(9), told, fact, (at, what, value) => {
        const places: Record<string, unknown>[] = opened.header.sections.map((place) => ({ ...place }))
        const place = at % places.length
        if (what === 'order') places.reverse()
        else if (what === 'none') places.splice(place, 1)
        else if (what === 'twice') places.push(places[place])
        else if (places[place][what] === value) return
        else places[place][what] = value
        const sections = places as never
        const forged = forgeAsTold({ ...opened, header: { ...opened.header, sections } })
        expect(outcomeOf(kind, forged)).toBe('READ_FAILED')
      }),
      { numRuns: 60 },
    )
  })

  it('is refused by one code, or of use, whatever its sections hold', () => {
    fc.assert(
      fc.property(fc.nat(9), words, fc.constantFrom(-8, -4, -1, 0, 0, 0, 0, 4, 8), (which, changes, longer) => {
        const contents = [...opened.contents]
        const at = which % contents.length
        const changed = new Uint8Array(Math.max(0, contents[at].length + longer))
        changed.set(contents[at].subarray(0, changed.length))
        const view = new DataView(changed.buffer)
        for (const [place, word] of changes) {
          if (changed.length >= 4) view.setUint32(4 * Math.floor(place * Math.floor(changed.length / 4)), word, true)
        }
        contents[at] = changed
        outcomeOf(kind, forge({ ...opened, contents }))
      }),
      { numRuns: 120 },
    )
  })

  it('is refused at its header when it announces more than the limit', async () => {
    const path = folder.write('large', gzipSync(file))
    await expect(kind.read(path)).resolves.toBeDefined()
    const small = { memoryLimitBytes: file.length - 1 }
    await expect((kind.read as typeof readCompiled)(path, small)).rejects.toThrow(
      expect.objectContaining({
        code: 'READ_FAILED',
        message: expect.stringContaining('memoryLimitBytes') as string,
      }) as Error,
    )
    await expect((kind.read as typeof readCompiled)(path, { memoryLimitBytes: 0 })).rejects.toHaveProperty(
      'code',
      'INVALID_OPTION',
    )
  })
})

describe('files that would eat the memory', () => {
  const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))
  const clusters = openFile(KINDS.clusters.file)
  const { facts } = clusters.header as { facts: object }
  const bomb = (memberCount: number, contents: readonly Uint8Array[]): Uint8Array =>
    forge({ ...clusters, header: { ...clusters.header, facts: { ...facts, memberCount } }, contents })
  const nothing = new Uint8Array()

  it.each<[string, Uint8Array]>([
    ['members without bytes', bomb(150_000_000, [nothing, nothing, new Uint8Array(4), json([[]])])],
    [
      'a cluster number above all members',
      bomb(2, [nothing, nothing, new Uint8Array(Int32Array.of(0, 2 ** 31 - 1).buffer), json([[]])]),
    ],
    ['lists within lists', bomb(1, [nothing, nothing, new Uint8Array(4), new Uint8Array(1e6).fill(0x5b)])],
    ['one id very often', bomb(1, [json(Array(1e5).fill('a')), nothing, new Uint8Array(4), json([[]])])],
  ])('are refused: %s', (_, bytes) => {
    expect(outcomeOf(KINDS.clusters, bytes)).toBe('READ_FAILED')
  })

  it('are not unpacked beyond a magic that is wrong', async () => {
    const path = folder.write('zeros.gz', gzipSync(new Uint8Array(2 ** 26)))
    for (const { read } of Object.values(KINDS)) {
      await expect(read(path)).rejects.toThrow('another kind of file')
    }
  })
})
