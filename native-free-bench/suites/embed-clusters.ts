import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import ndarray from 'ndarray'
import {
  type Clusters,
  clusterUsers,
  type Embedding,
  type Interactions,
  type PairedBootstrap,
  pairedBootstrap,
  type Signals,
  spectralEmbedding,
} from '../../src/index.ts'
import { adjustedRandIndex } from '../../src/cluster/quality.ts'
import { likelihoodGains } from '../data/cluster-likelihood.ts'
import { loadLastfmLikes, type LastfmLikes } from '../data/lastfm-likes.ts'
import { describeMachine, readManifest } from '../report/record.ts'
import type { Bench } from './suite.ts'

type Known = 'likes' | 'plays' | 'both'

/** A way to make vectors of what is known. */
interface Way {
  readonly known: Known
  readonly label: string
  readonly embed: (train: Interactions, dimensions: number, seed: number) => Embedding
}

/** A way, and how fine its clusters are. */
interface Candidate extends Way {
  readonly dimensions: number
  readonly count: number
}

const TRANSFORMS = ['binary', 'log1p', 'bm25', 'raw'] as const
/** Seeds that a way is chosen by, and others that it is then shown on. */
const [CHOICE_SEEDS, SHOWN_SEEDS] = [
  [101, 102],
  [1, 2, 3, 4, 5],
]

const spectral = (train: Interactions, signals: Signals, dimensions: number, seed: number): Embedding =>
  spectralEmbedding.detailed(train, {
    ...{ signals, dimensions, seed },
    ...{ userExponent: 0.25, itemExponent: 0.25, valueExponent: 1 },
  })

const ways: readonly Way[] = [
  { known: 'likes', label: 'likes', embed: (train, ...rest) => spectral(train, { like: 1 }, ...rest) },
  ...TRANSFORMS.map((transform): Way => {
    const signals = { play: { transform } }
    return {
      known: 'plays',
      label: `plays, ${transform}`,
      embed: (train, ...rest) => spectral(train, signals, ...rest),
    }
  }),
  ...TRANSFORMS.flatMap((transform) =>
    [0.5, 2].map((like): Way => {
      const signals = { like, play: { transform } }
      const label = `plays, ${transform} + ${like} likes`
      return { known: 'both', label, embed: (train, ...rest) => spectral(train, signals, ...rest) }
    }),
  ),
  {
    known: 'both',
    label: 'plays, log1p beside likes',
    embed: (train, ...rest) =>
      beside(
        spectral(train, { play: { transform: 'log1p' } }, ...rest),
        spectral(train, { like: 1 }, ...rest),
        // Vectors of likes, a tenth of the pairs, are the noisier ones.
        0.5,
      ),
  },
]

/**
 * Clusters of Last.fm's users by plays, by likes, and by both: how far seeds agree, and what they say about artists held out. Everything that is chosen, the
 * same way for all three, is chosen by the validation pairs; the test is looked at once.
 */
export async function embedClusters({ report, results, size }: Bench): Promise<void> {
  const data = await loadLastfmLikes()
  if (data === null) return report.skip('clusters on lastfm: not below RIVULET_DATA')
  const smoke = size === 'smoke'
  const grid = smoke ? [[16, 10]] : [16, 32].flatMap((dimensions) => [10, 25, 50].map((count) => [dimensions, count]))
  const tried = ways
    .filter(({ label }) => !smoke || /^likes|log1p/.test(label))
    .flatMap((way) => grid.map(([dimensions, count]): Candidate => ({ ...way, dimensions, count })))
    .map((candidate) => {
      const gains = CHOICE_SEEDS.slice(smoke ? 1 : 0).map((seed) =>
        meanOf(likelihoodGains(clustersOf(data, candidate, seed), data.train, data.validation)),
      )
      return { candidate, gain: gains.reduce((sum, gain) => sum + gain, 0) / gains.length }
    })
  const chosen = (['likes', 'plays', 'both'] as const).map((known) =>
    tried.filter(({ candidate }) => candidate.known === known).reduce((a, b) => (b.gain > a.gain ? b : a)),
  )
  for (const { candidate, gain } of chosen)
    report.say(`   chosen by validation: ${describe(candidate)}, ${gain.toFixed(4)}`)
  const shown = chosen.map(({ candidate, gain }) => ({
    candidate,
    gain,
    ...show(data, candidate, smoke ? [1, 2] : SHOWN_SEEDS),
  }))
  const [likes, plays, both] = shown
  const comparisons = [likes, plays].map((other) => ({
    over: other.candidate.known,
    ...pairedBootstrap(
      [...both.perUser.values()],
      [...both.perUser.keys()].map((user) => other.perUser.get(user) ?? 0),
    ),
  }))
  const line = {
    date: new Date().toISOString(),
    set: 'lastfm-likes',
    tried: tried.map(({ candidate, gain }) => ({ ...factsOf(candidate), gain })),
    shown: shown.map(({ candidate, gain, tests, agreements }) => ({
      ...factsOf(candidate),
      validation: gain,
      tests,
      agreements,
    })),
    comparisons,
    versions: { rivulet: readManifest().version, node: process.version },
    machine: describeMachine(),
  }
  await writeFile(join(results, 'embed-clusters-lastfm.json'), `${JSON.stringify(line)}\n`)
  const rows = shown.map(({ candidate, gain, tests, agreements }) => [
    describe(candidate),
    gain.toFixed(4),
    mean(tests).toFixed(4),
    range(tests, 4),
    mean(agreements).toFixed(3),
    range(agreements, 3),
  ])
  report.table(
    {
      suite: 'embed',
      graph: 'lastfm, likes and plays',
      task: 'clusters of users: nats an artist over popularity; agreement of seeds',
    },
    [['', 'validation', 'test', 'range', 'adjusted Rand', 'range'], ...rows],
    shown.flatMap(({ candidate: { known }, tests, agreements }) => [
      { name: `${known}, test gain`, value: mean(tests), unit: 'nats' },
      { name: `${known}, stability`, value: mean(agreements), unit: '' },
    ]),
  )
  for (const { over, ...gain } of comparisons) report.say(`   both over ${over}, nats an artist: ${interval(gain)}`)
}

const clustersOf = ({ train }: LastfmLikes, { embed, dimensions, count }: Candidate, seed: number): Clusters =>
  clusterUsers.detailed(train, {
    embedding: embed(train, dimensions, seed),
    method: 'k-means',
    count,
    seed: 10 * seed,
    distinctive: 0,
  })

/** Test gains by seed and, their mean over seeds, by user; how far each pair of seeds agrees. */
function show(data: LastfmLikes, candidate: Candidate, seeds: readonly number[]) {
  const found = seeds.map((seed) => clustersOf(data, candidate, seed))
  const gains = found.map((clusters) => likelihoodGains(clusters, data.train, data.test))
  const users = [...gains[0].keys()]
  return {
    tests: gains.map(meanOf),
    perUser: new Map(users.map((user) => [user, mean(gains.map((of) => of.get(user) ?? 0))])),
    agreements: found.flatMap(({ clusters }, at) =>
      found.slice(at + 1).map((other) => adjustedRandIndex(clusters, other.clusters)),
    ),
  }
}

/** Vectors of length one after each other, so that cosines are weighted means of both. */
function beside(one: Embedding, other: Embedding, weight: number): Embedding {
  const dimensions = one.dimensions + other.dimensions
  const join = (side: 'userVectors' | 'itemVectors'): Embedding['userVectors'] => {
    const [size] = one[side].shape
    const data = new Float32Array(size * dimensions)
    for (let row = 0; row < size; row++) {
      data.set(unitRow(one, side, row, 1), row * dimensions)
      data.set(unitRow(other, side, row, Math.sqrt(weight)), row * dimensions + one.dimensions)
    }
    return ndarray(data, [size, dimensions])
  }
  const { users, items, nodes } = one
  return { users, items, nodes, dimensions, userVectors: join('userVectors'), itemVectors: join('itemVectors') }
}

function unitRow(
  { dimensions, ...vectors }: Embedding,
  side: 'userVectors' | 'itemVectors',
  row: number,
  length: number,
): Float32Array {
  const entries = vectors[side].data.slice(row * dimensions, (row + 1) * dimensions)
  const own = Math.hypot(...entries)
  return entries.map((entry) => (own > 0 ? (length * entry) / own : 0))
}

const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length
/** Over users, each as much as any other. */
const meanOf = (gains: ReadonlyMap<number, number>): number => mean([...gains.values()])
const range = (values: readonly number[], digits: number): string =>
  `${Math.min(...values).toFixed(digits)} to ${Math.max(...values).toFixed(digits)}`
const interval = ({ difference, low, high }: Pick<PairedBootstrap, 'difference' | 'low' | 'high'>): string =>
  `${difference.toFixed(4)} [${low.toFixed(4)}, ${high.toFixed(4)}]`
const factsOf = ({ known, label, dimensions, count }: Candidate) => ({ known, label, dimensions, count })
const describe = ({ known, label, dimensions, count }: Candidate): string =>
  `${known} (${label}; ${dimensions} dimensions, ${count} clusters)`
