import { bookRanking } from './semi-bookcrossing.ts'
import { calibrationStudy } from './semi-calibration.ts'
import { nextPurchase } from './semi-next-purchase.ts'
import { lastfmPlays } from './semi-lastfm-plays.ts'
import { planetoid } from './semi-planetoid.ts'
import { pseudoLikes } from './semi-pseudo-likes.ts'
import { ratings } from './semi-ratings.ts'
import { retailRocket } from './semi-retail-rocket.ts'
import { tuningStudy } from './semi-tuning.ts'
import { STUDY_NAMES } from './suite.ts'
import type { Bench, StudyName, Suite } from './suite.ts'

/** One study a set. */
const STUDIES: Readonly<Record<StudyName, (bench: Bench) => Promise<void>>> = {
  films: (bench) => ratings(bench, 'films'),
  'ml-1m-mixed': (bench) => ratings(bench, 'ml-1m-mixed'),
  'ml-100k': (bench) => ratings(bench, 'ml-100k'),
  bookcrossing: async (bench) => {
    await ratings(bench, 'bookcrossing')
    await bookRanking(bench)
  },
  'retail-rocket': retailRocket,
  'next-purchase': nextPurchase,
  'lastfm-plays': lastfmPlays,
  planetoid,
  'pseudo-likes': pseudoLikes,
  calibration: calibrationStudy,
  tuning: tuningStudy,
}

/** Those that need no data from outside the repository. */
const SMOKE: readonly StudyName[] = ['films', 'planetoid', 'calibration']

/** What unlabelled data adds to labels, and what it costs where it does not help. */
export const semiSuite: Suite = {
  about: 'labels with unlabelled evidence against labels alone: ratings, purchases, plays, few labels a class',
  run: async (bench) => {
    const asked = bench.studies ?? (bench.size === 'smoke' ? SMOKE : STUDY_NAMES)
    for (const name of asked) await STUDIES[name](bench)
  },
}
