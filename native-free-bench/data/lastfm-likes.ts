import { fromColumns, type Interactions, joinInteractions } from '../../src/index.ts'
import { loadLastfmPlays } from './lastfm-plays.ts'

/** What is known of the users, once as plays and once as likes; and what they took besides. */
export interface LastfmLikes {
  /** Signals 'play', with counts, and 'like'. */
  readonly train: Interactions
  readonly validation: Interactions
  readonly test: Interactions
}

/**
 * Last.fm with likes: the tenth of a user's training artists that she played most, at least one, stands in for what she would say she likes. So a like says
 * nothing that plays do not say, but says it aloud. `null` when it is not on this machine.
 */
export async function loadLastfmLikes(): Promise<LastfmLikes | null> {
  const data = await loadLastfmPlays()
  if (data === null) return null
  const { train, validation, test } = data
  const plays = train.value ?? new Float32Array(train.length).fill(1)
  const rowsOf = Array.from({ length: train.users.size }, (): number[] => [])
  train.user.forEach((user, row) => rowsOf[user].push(row))
  const liked = Int32Array.from(
    rowsOf.flatMap((rows) =>
      rows.sort((a, b) => plays[b] - plays[a] || a - b).slice(0, Math.max(1, Math.round(rows.length / 10))),
    ),
  )
  const likes = fromColumns({
    users: train.users,
    items: train.items,
    user: liked.map((row) => train.user[row]),
    item: liked.map((row) => train.item[row]),
    signals: ['like'],
  })
  return { train: joinInteractions(likes, train), validation, test }
}
