/** A process of its own: reads a split, ranks all users by one recipe, prints how good and how dear that was. */
import { DenseKeyIndex, resolveList, type SplitFingerprint } from '../../src/advanced.ts'
import { type ActivityScores, Engine, evaluateRankings, type RecommenderOptions } from '../../src/index.ts'
import { SPLITS } from '../data/splits.ts'
import type { Scores, SetName } from '../data/splits.ts'

/** What this process is told, as JSON. */
export interface AccuracyTask {
  readonly set: SetName
  readonly options: RecommenderOptions
}

/** What this process prints, as JSON. */
export interface AccuracyReading {
  readonly split: SplitFingerprint
  /** The method and all its options, defaults of that day filled in. */
  readonly resolved: RecommenderOptions
  readonly overall: Scores & { readonly users: number }
  /** Users with at most as many training items as a tenth of them have. */
  readonly sparsestTenth: Scores & Pick<ActivityScores, 'from' | 'to' | 'users'>
  /** Wall time; reading and scoring are not in it. */
  readonly seconds: {
    /** From the table to a matrix in shared memory. */
    readonly network: number
    /** All training users ranked, 20 items each; whatever the method prepares first is in it. */
    readonly ranking: number
  }
  /** Of the whole process when the lists were there, reading included. */
  readonly peakMemoryBytes: number
}

const K = 20
const { set, options } = JSON.parse(process.argv[2]) as AccuracyTask
const { method, methodOptions } = resolveList('bench', options, new DenseKeyIndex(0))
const split = await SPLITS[set].load()
if (split === null) throw new Error(`${set} is not below RIVULET_DATA`)

const began = performance.now()
await using engine = await Engine.create(split.train)
const built = performance.now()
const rankings = await engine.rank({ ...options, k: K })
const ranked = performance.now()
// In kilobytes on every platform Node runs on.
const peakMemoryBytes = process.resourceUsage().maxRSS * 1024

const { split: fingerprint, metrics, sparsestTenth, audit } = evaluateRankings(rankings, split.train, split.test)
if (sparsestTenth === null) throw new Error('no training pairs')
const scoresOf = (means: Readonly<Record<string, number>>): Scores => ({
  recall20: means[`recall@${K}`],
  ndcg20: means[`ndcg@${K}`],
})
const { from, to, users } = sparsestTenth
const reading: AccuracyReading = {
  split: fingerprint,
  resolved: { method, ...methodOptions } as RecommenderOptions,
  overall: { users: audit.evaluatedUsers, ...scoresOf(metrics) },
  sparsestTenth: { from, to, users, ...scoresOf(sparsestTenth.metrics) },
  seconds: { network: (built - began) / 1000, ranking: (ranked - built) / 1000 },
  peakMemoryBytes,
}
console.log(JSON.stringify(reading))
