/** What the name of a signal says, word by word. */
import type { SignalRole } from './signal-rules.ts'

/** A name says nothing where `role` is `null`. */
export interface NamedSignal {
  readonly role: SignalRole | null
  /** -1 for dislikes, 0 for what is taken back or turned down. */
  readonly sign: 1 | 0 | -1
  readonly said: string
}

const ENDINGS = '(?:s|es|d|ed|ing|er)?'
const words = (list: string): RegExp => new RegExp(`^(?:${list.trim().replace(/\s+/g, '|')})${ENDINGS}$`)

const EVIDENCE = words(`view pageview visit click impression open read play playcount listen watch watchlist stream cart
  addtocart basket wish wishlist save bookmark search dwell duration second sec history`)
const LABEL =
  words(`buy bought purchase purchas order transaction sale sold paid pay payment like lik love lov fav favorite
  favourite favorit favourit rate rat rating star starr score scor review vote vot upvote upvot`)
const DISLIKE = words('dislike dislik unlike unlik downvote downvot thumbsdown thumbdown hate hat')
const TAKEN_BACK =
  words(`not no non never without undo undone remove remov delete delet cancel cancell cancellation refund return
  skip skipp hide hid hidden block reject decline declin unfollow unsubscribe unsubscrib abandon ignore ignor mute mut
  dismiss revert revoke revok fail failure expire expir chargeback dispute disput removefromcart notinterest`)
const SECONDS = words('dwell duration second sec timespent')

/** Split at capitals, digits and whatever is no letter: 'cartRemoved2', 'cart_removed' and 'cart-removed' are the same two words. */
export function wordsOf(name: string): readonly string[] {
  const apart = name.replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2').replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
  return apart.toLowerCase().match(/\p{L}+/gu) ?? []
}

/** Whether a name says that values are seconds. */
export function areSeconds(name: string): boolean {
  const found = wordsOf(name)
  return (
    found.some((word) => SECONDS.test(word)) || found.some((word, at) => word === 'time' && found[at + 1] === 'spent')
  )
}

/** Reads the name of a signal. Dislikes come first, then what is taken back, then evidence: 'order viewed' is a view. */
export function readSignalName(name: string): NamedSignal {
  const found = wordsOf(name)
  const find = (is: (word: string, at: number) => boolean): string | undefined => found.find(is)
  const against = find((word, at) => DISLIKE.test(word) || isThumbDown(word, found[at + 1]))
  if (against !== undefined) return { role: 'label', sign: -1, said: `a dislike by its name ('${against}')` }
  const taken = find((word) => TAKEN_BACK.test(word) || isUndone(word))
  if (taken !== undefined)
    return { role: 'evidence', sign: 0, said: `taken back or turned down by its name ('${taken}')` }
  const seen = find((word) => EVIDENCE.test(word))
  if (seen !== undefined) return { role: 'evidence', sign: 1, said: `evidence by its name ('${seen}')` }
  const label = find((word) => LABEL.test(word))
  if (label !== undefined) return { role: 'label', sign: 1, said: `a label by its name ('${label}')` }
  return { role: null, sign: 1, said: 'the name says nothing' }
}

const isThumbDown = (word: string, next: string | undefined): boolean =>
  (/^thumbs?$/.test(word) && next === 'down') || (word === 'down' && /^vot(e|es|ed|ing)$/.test(next ?? ''))

/** 'unpaid', 'unsaved', but not 'unique'. */
function isUndone(word: string): boolean {
  const rest = /^(?:un|de|dis)(.+)$/.exec(word)?.[1]
  return rest !== undefined && (EVIDENCE.test(rest) || LABEL.test(rest))
}
