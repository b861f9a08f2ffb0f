import { layOut, type Layout, type SectionRequest } from '../memory/layout.ts'
import type { PreparedMatrix } from './prepared.ts'
import type { Lesson } from './lesson.ts'

/** Vectors take multiples of four floats. */
export const strideOf = (dimensions: number): number => Math.ceil(dimensions / 4) * 4

/** Floats of a row of scores: not a power of two, or columns would fall on the same cache lines. */
export const scoreRowOf = (groupSize: number): number => Math.ceil(groupSize / 16) * 16 + 16

/** Users whose vectors are summed three times: as they are, and in two views. */
export const versionsOf = ({ views }: Pick<Lesson, 'views'>): number => (views?.kind === 'edge-drop' ? 3 : 1)

/** The longest step between two neighbours of a list of beginnings. */
const longest = (beginnings: Int32Array): number =>
  beginnings.reduce((most, to, at) => (at === 0 ? 0 : Math.max(most, to - beginnings[at - 1])), 0)

/** Where everything of a lesson lies, for so many members. */
export function layOutLesson({ shape, end }: PreparedMatrix, lesson: Lesson, members: number) {
  const { encoder, loss, batches, views } = lesson
  const { rowCount, columnCount, nnz, weighted } = shape
  const stride = strideOf(encoder.dimensions)
  const [users, pairs] = [longest(batches.batchUsers), longest(batches.batchPairs)]
  const group = Math.min(loss.groupSize, pairs)
  const deep = encoder.layers > 0
  const versions = versionsOf(lesson)
  const int32 = (length: number): SectionRequest => ({ type: 'int32', length })
  const float32 = (length: number): SectionRequest => ({ type: 'float32', length })
  const float64 = (length: number): SectionRequest => ({ type: 'float64', length })
  const vectors = (count: number): SectionRequest => float32(count * stride)
  const seen = views === null ? 0 : group * members
  return layOut(
    {
      control: int32(64),
      blockState: int32(batches.batchPairs.length - 1),
      free: vectors(columnCount),
      mean: vectors(columnCount),
      square: vectors(columnCount),
      gradient: vectors(columnCount),
      encoded: vectors(deep ? columnCount : 0),
      rowVectors: vectors(deep ? rowCount : 0),
      middle: float32(deep ? rowCount : 0),
      turnedPointers: int32(deep ? columnCount + 1 : 0),
      turnedIndices: int32(deep ? nnz : 0),
      turnedData: float32(deep && weighted ? nnz : 0),
      scale: float32(columnCount),
      offsets: float32(columnCount),
      users: int32(batches.users.length),
      pairs: int32(batches.pairs.length),
      pairUsers: int32(batches.pairUsers.length),
      places: int32(batches.places.length),
      userPlaces: int32(batches.userPlaces.length),
      sums: vectors(versions * users),
      sumGradients: vectors(versions * users),
      pairUserGradients: vectors(pairs),
      pairItemGradients: vectors(pairs),
      viewGradients: vectors(versions > 1 ? 2 * pairs : 0),
      groupLosses: float64(Math.ceil(pairs / group)),
      batchLosses: float64(batches.batchPairs.length - 1),
      // A workspace a member.
      userRows: vectors(group * members),
      itemRows: vectors(group * members),
      turnedRows: float32(stride * scoreRowOf(group) * members),
      scores: float32(group * scoreRowOf(group) * members),
      firstView: vectors(seen),
      secondView: vectors(seen),
      firstGradient: vectors(seen),
      secondGradient: vectors(seen),
      lengths: float32(4 * group * members),
      groupOffsets: float32(group * members),
      groupWeights: float32(group * members),
      groupIds: int32(2 * group * members),
      parts: float32(2 * group * members),
      marks: int32(Math.ceil(columnCount / 4) * members),
    },
    end,
  )
}

export type LessonLayout = ReturnType<typeof layOutLesson>
export type LessonSection = LessonLayout extends Layout<infer Name> ? Name : never
