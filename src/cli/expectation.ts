/** Announcements before long work: the expected time, and much shorter alternatives. */
import { aboutTime } from '../advanced.ts'
import { RivuletError } from '../index.ts'
import type {
  Engine,
  Forecast,
  ForecastQuestion,
  MethodName,
  MethodOptions,
  RecipeSearch,
  UserListOptions,
} from '../index.ts'
import type { Stage } from './stage.ts'

/** Work of at least this many seconds is announced. */
const LONG = 10
/** A proposal takes at most this share of the time. */
const SHORTER = 1 / 3
/** Methods that may be proposed: they rank by lists of neighbours, or in one sweep. */
const PROPOSED: readonly MethodName[] = ['rp3beta', 'p3alpha', 'item-knn']

/** An alternative, by the flags that request it. */
export interface Proposal {
  readonly words: string
  readonly seconds: number
}

/** 'about 2 min; --method p3alpha about 20 s'; `null` for short work. */
export function expectationLine(seconds: number, proposals: readonly Proposal[]): string | null {
  if (seconds < LONG) return null
  const [shortest] = proposals.filter((one) => one.seconds <= SHORTER * seconds).sort((a, b) => a.seconds - b.seconds)
  return [aboutTime(seconds), ...(shortest ? [`${shortest.words} ${aboutTime(shortest.seconds)}`] : [])].join('; ')
}

/**
 * Reports the expected time of lists on the standard error, if it is long.
 *
 * @returns the seconds; undefined if unknown
 */
export function tellExpectation(
  engine: Pick<Engine, 'forecast'>,
  list: UserListOptions,
  stage: Stage,
  question: ForecastQuestion = 'recommend',
): number | undefined {
  const forecast = forecastOf(engine, list, question)
  if (forecast === null) return undefined
  const line = expectationLine(forecast.seconds, proposalsBeside(forecast, engine, list, question))
  if (line !== null) stage.remark([line])
  return forecast.seconds
}

/** The forecast; `null` if options are refused, which the call itself will report. */
function forecastOf(
  engine: Pick<Engine, 'forecast'>,
  list: UserListOptions,
  question: ForecastQuestion,
): Forecast | null {
  try {
    return engine.forecast(list, question)
  } catch (error) {
    if (error instanceof RivuletError) return null
    throw error
  }
}

function proposalsBeside(
  { method, seconds }: Forecast,
  engine: Pick<Engine, 'forecast'>,
  { users, exclude, exact, recipe }: Pick<UserListOptions, 'users' | 'exclude'> & MethodOptions,
  question: ForecastQuestion,
): Proposal[] {
  if (seconds < LONG) return []
  const others = PROPOSED.filter((name) => name !== method).map((name) => ({
    words: `--method ${name}`,
    forecast: engine.forecast({ users, exclude, method: name }, question),
  }))
  const inexact = {
    words: 'without --exact',
    forecast: exact ? engine.forecast({ users, exclude, recipe }, question) : null,
  }
  return [inexact, ...others].flatMap(({ words, forecast }) => (forecast ? [{ words, seconds: forecast.seconds }] : []))
}

/** Reports the expected time of the search for a recipe on the standard error, if it is long. @returns the seconds */
export function tellTuning(
  engine: Pick<Engine, 'forecastTune'>,
  options: Omit<RecipeSearch, 'search'>,
  stage: Stage,
): number {
  const { seconds, recipeSeconds } = engine.forecastTune(options)
  const line = expectationLine(seconds, [{ words: '--baselines none', seconds: recipeSeconds }])
  if (line !== null) stage.remark([line])
  return seconds
}
