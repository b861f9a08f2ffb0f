import { describe, expect, it } from 'vitest'
import { describeSignals, fromRows } from '../../../src/index.ts'

function ruleOf(signal: string): string {
  const table = fromRows([{ u: 'a', i: 'x', s: signal }], { user: 'u', item: 'i', signal: 's' })
  const [{ role, weight }] = describeSignals(table)
  return `${role} ${weight}`
}

describe('the name of a signal', () => {
  it.each([
    [
      'label 1',
      'review Reviews product_review rating star purchased order likes LIKE fav favorite upvote orderPlaced paid',
    ],
    [
      'evidence 1',
      'view pageView video_start views order_viewed add_to_cart wishlist 2click playCount watched reading unique start brate',
    ],
    ['label -1', 'dislike Dislikes downvote down_vote thumbs_down thumbsDown hate unlike'],
    [
      'evidence 0',
      'order_cancelled order-canceled orderCancelled remove_from_cart removeFromCart unfavorite unpaid not_interested refund refunded ' +
        'return returned skip skipped hide hidden block blocked unfollow unsave cart.remove CART_REMOVED view2removed delete_review',
    ],
  ])('makes it %s: %s', (rule, names) => {
    for (const name of names.split(' ')) expect([name, ruleOf(name)]).toEqual([name, rule])
  })

  it('is said, with the word that decided', () => {
    const table = fromRows([{ u: 'a', i: 'x', s: 'orderCancelled' }], { user: 'u', item: 'i', signal: 's' })
    expect(describeSignals(table)[0].why).toBe("no values; taken back or turned down by its name ('cancelled')")
  })
})
