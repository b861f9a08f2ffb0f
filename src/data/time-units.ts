/** Times in two units, seconds beside milliseconds: what orders rows by them, or asks how old they are, would be wrong without a word. */
import { RivuletError } from '../support/errors.ts'
import { atOnce } from '../support/drive.ts'
import { inSlices, type Sliced } from '../support/pause.ts'

/** Seconds since 1970 of what may be anybody's data: from 1985 on. */
const SECONDS = 5e8

export const looksLikeSeconds = (time: number): boolean => time >= SECONDS && time < 10 * SECONDS
export const looksLikeMilliseconds = (time: number): boolean => looksLikeSeconds(time / 1000)

/** Rows whose times look like either. */
export interface UnitCounts {
  readonly seconds: number
  readonly milliseconds: number
}

export const areTwoUnits = ({ seconds, milliseconds }: UnitCounts): boolean => seconds > 0 && milliseconds > 0

export const describeUnits = ({ seconds, milliseconds }: UnitCounts): string =>
  `${seconds} of seconds and ${milliseconds} of milliseconds`

/** @param need what one unit is wanted for, after a comma */
export const twoUnits = (who: string, counts: UnitCounts, need = ''): RivuletError =>
  new RivuletError('INVALID_DATA', {
    who: `${who}, column 'time'`,
    expected: `times of one unit${need}`,
    got: describeUnits(counts),
    todo: 'Bring all to one unit, or leave the time column out.',
    details: { column: 'time' },
  })

export function* countUnits(time: Float64Array): Sliced<UnitCounts> {
  const counts = { seconds: 0, milliseconds: 0 }
  const meet = (from: number, to: number): void => {
    for (let row = from; row < to; row++) {
      if (looksLikeSeconds(time[row])) counts.seconds++
      else if (looksLikeMilliseconds(time[row])) counts.milliseconds++
    }
  }
  yield* inSlices(time.length, meet)
  return counts
}

/** @throws {RivuletError} INVALID_DATA */
export function* requireOneUnitInSlices(who: string, time: Float64Array): Sliced<void> {
  const counts = yield* countUnits(time)
  if (areTwoUnits(counts)) throw twoUnits(who, counts)
}

/** As `requireOneUnitInSlices`. */
export const requireOneUnit = (who: string, time: Float64Array): void => atOnce(requireOneUnitInSlices(who, time))
