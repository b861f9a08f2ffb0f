import { checkArgument, having } from '../support/arguments.ts'
import { isString } from '../support/options.ts'
import type { SplitFingerprint } from './fingerprint.ts'

/** A result of a paper for a split. */
export interface PublishedResult {
  readonly method: string
  /** hits / held-out items, all unseen items ranked: this library's `recall@20`. */
  readonly recall20: number
  /** Binary gains, ideal list of min(20, held-out items): this library's `ndcg@20`. */
  readonly ndcg20: number
  /** First author, venue and year, and where to find it. */
  readonly source: string
  /** Whether parameters are learnt by gradient descent; a filter of the graph is not trained. */
  readonly trained: boolean
}

/** A split that several papers use, and the results they report for it. */
export interface PublishedSplit {
  readonly name: string
  /** How the results were obtained: read it before comparing. */
  readonly protocol: string
  /** In the order of publication. */
  readonly results: readonly PublishedResult[]
}

/**
 * Published results for the split with this fingerprint, or `null` if none are known. The figures are the papers' own, or from a log in the authors'
 * repository if `source` says so; they were not reproduced here.
 *
 * @throws {RivuletError} INVALID_OPTION for a value that is no fingerprint
 * @example
 * ```ts
 * const published = publishedResults(splitFingerprint(train, test))
 * console.log(published?.results.map(({ method, ndcg20 }) => `${method} ${ndcg20}`))
 * ```
 */
export function publishedResults(fingerprint: Pick<SplitFingerprint, 'hash'>): PublishedSplit | null {
  checkArgument('publishedResults', 'fingerprint', fingerprint, having({ hash: isString }))
  return SPLITS.get(fingerprint.hash) ?? null
}

const CUSTOM =
  'full ranking of unseen items; the split has no validation part: papers choose options, of trained models the epoch too, by its test'

interface Paper {
  readonly source: string
  readonly trained: boolean
}

const PAPERS = {
  LightGCN: { source: 'He et al., SIGIR 2020, 10.1145/3397271.3401063', trained: true },
  'GF-CF': { source: 'Shen et al., CIKM 2021, arXiv:2108.07567', trained: false },
  UltraGCN: { source: 'Mao et al., CIKM 2021, arXiv:2110.15114', trained: true },
  'LinkProp-Multi': { source: 'Fu et al., WWW 2022, arXiv:2203.15789', trained: false },
  BSPM: { source: 'Choi et al., SIGIR 2023, 10.1145/3539618.3591645', trained: false },
  XSimGCL: { source: 'Yu et al., TKDE 2023, arXiv:2209.02544', trained: true },
  NESCL: { source: 'Sun et al., TKDE 2023, 10.1109/TKDE.2023.3317068', trained: true },
  'BSL, LightGCN': { source: "Wu et al., ICDE 2024, arXiv:2312.12882, authors' log", trained: true },
  ChebyCF: { source: 'Kim et al., SIGIR 2025, arXiv:2505.00552', trained: false },
} as const satisfies Readonly<Record<string, Paper>>

const result = (method: keyof typeof PAPERS, recall20: number, ndcg20: number): PublishedResult => ({
  method,
  recall20,
  ndcg20,
  ...PAPERS[method],
})

const SPLITS: ReadonlyMap<string, PublishedSplit> = new Map([
  [
    '6e7fb47ebe175824',
    {
      name: 'Gowalla, LightGCN split',
      protocol: CUSTOM,
      results: [
        result('LightGCN', 0.183, 0.1554),
        result('GF-CF', 0.1849, 0.1518),
        result('UltraGCN', 0.1862, 0.158),
        result('LinkProp-Multi', 0.1908, 0.1573),
        result('BSPM', 0.192, 0.1597),
        result('NESCL', 0.1917, 0.1617),
        result('BSL, LightGCN', 0.1893, 0.1591),
        result('ChebyCF', 0.1941, 0.1616),
      ],
    },
  ],
  [
    '83cdb25a9df631ed',
    {
      name: 'Yelp2018, LightGCN split',
      protocol: CUSTOM,
      results: [
        result('LightGCN', 0.0649, 0.053),
        result('GF-CF', 0.0697, 0.0571),
        result('LinkProp-Multi', 0.069, 0.0571),
        result('BSPM', 0.072, 0.0593),
        result('XSimGCL', 0.0723, 0.0604),
        result('NESCL', 0.0743, 0.0611),
        result('BSL, LightGCN', 0.0744, 0.0617),
      ],
    },
  ],
])
