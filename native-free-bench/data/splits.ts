import { fileURLToPath } from 'node:url'
import { type Interactions, readInteractions, splitByTime } from '../../src/index.ts'
import type { Size } from './graphs.ts'
import type { Chosen } from './recipes.ts'
import { publicFile } from './public-sets.ts'

export type SetName = 'gowalla' | 'yelp2018' | 'lastfm' | 'ml-1m-implicit' | 'demo'

export interface TrainAndTest {
  readonly train: Interactions
  readonly test: Interactions
}

/** A split that accuracy is measured on. */
export interface BenchSplit {
  /** As a heading says it. */
  readonly title: string
  /** `null` when the data is not on this machine. */
  readonly load: () => Promise<TrainAndTest | null>
  /** What it must turn out to be: another fingerprint means that figures of other days and papers cannot be compared. */
  readonly hash: string
  /** Recall@20 of popularity, computed by an independent program (of the demo by this one): whoever misses it reads or ranks otherwise. */
  readonly popularity: number
  /** What was asked for. */
  readonly asked?: {
    /** Of the best recipe whose options came about in this way. */
    readonly best: Partial<Readonly<Record<Chosen, Scores>>>
    /** Of the best recipe for the sparsest tenth, however chosen. */
    readonly sparsestTenth?: Scores
    /** Of the recipe 'default', from the table to all lists. */
    readonly defaultSeconds?: number
  }
}

/** Recall@20, NDCG@20. */
export interface Scores {
  readonly recall20: number
  readonly ndcg20: number
}

export const SPLITS: Readonly<Record<SetName, BenchSplit>> = {
  gowalla: published('Gowalla', 'gowalla', '.txt.gz', {
    hash: '6e7fb47ebe175824',
    popularity: 0.04163,
    asked: {
      best: { 'seen on the test': scores(0.1965, 0.164), validation: scores(0.192, 0.159) },
      sparsestTenth: scores(0.236, 0.147),
      defaultSeconds: 60,
    },
  }),
  yelp2018: published('Yelp2018', 'yelp2018', '.txt.gz', {
    hash: '83cdb25a9df631ed',
    popularity: 0.01245,
    asked: {
      best: { 'seen on the test': scores(0.074, 0.0612), validation: scores(0.0725, 0.0602) },
      sparsestTenth: scores(0.0812, 0.0532),
      defaultSeconds: 90,
    },
  }),
  /**
   * HetRec 2011 in the AdaGCL split, which has a validation part of a fifth. It is left out, not merged into training: figures go from train
   * to test. Merged, popularity would have .101 instead of .096.
   */
  lastfm: published('Last.fm', 'lastfm', '.tsv.gz', {
    hash: 'd6629e891b9751bb',
    popularity: 0.09567,
    asked: { best: { 'seen on the test': scores(0.246, 0.183) } },
  }),
  'ml-1m-implicit': published('MovieLens-1M, implicit', 'ml-1m-implicit', '.txt.gz', {
    hash: '0726b437dfe62e8d',
    popularity: 0.09436,
    asked: { best: { 'seen on the test': scores(0.169, 0.106) } },
  }),
  /** MovieTweetings, which is in the repository: cut by time, the last fifth held out. */
  demo: {
    title: 'MovieTweetings, by time',
    load: async () => splitByTime(await readInteractions(DEMO)),
    hash: '1242203480e26693',
    popularity: 0.18807,
  },
}

export const SET_NAMES = Object.keys(SPLITS) as readonly SetName[]

/** What each size measures when no set is named. */
export const SETS_OF_SIZE: Readonly<Record<Size, readonly SetName[]>> = {
  smoke: ['demo'],
  small: ['lastfm', 'ml-1m-implicit'],
  medium: ['gowalla', 'yelp2018'],
  large: ['gowalla', 'yelp2018', 'lastfm', 'ml-1m-implicit'],
}

export const DEMO = fileURLToPath(new URL('../../docs/data/movietweetings/ratings.tsv.gz', import.meta.url))

function scores(recall20: number, ndcg20: number): Scores {
  return { recall20, ndcg20 }
}

function published(
  title: string,
  folder: string,
  ending: string,
  known: Pick<BenchSplit, 'hash' | 'popularity' | 'asked'>,
): BenchSplit {
  const load = async (): Promise<TrainAndTest | null> => {
    const [train, test] = ['train', 'test'].map((part) => publicFile(folder, `${part}${ending}`))
    if (train === null || test === null) return null
    return { train: await readInteractions(train), test: await readInteractions(test) }
  }
  return { title, load, ...known }
}
