import { describe, expect, it } from 'vitest'
import { timeUnitOf } from '../../../src/io/cell-kinds.ts'
import { namedColumns, numberedColumns, type ColumnOptions } from '../../../src/io/columns.ts'

const named = (header: string, asked?: ColumnOptions) => {
  const names = header.split(/[,;\t]/)
  return Object.fromEntries(
    Object.entries(namedColumns('test', names, asked)).map(([role, at]) => [role, names[at as number]]),
  )
}
const numbered = (text: string, asked?: ColumnOptions) =>
  numberedColumns(
    'test',
    text.split('\n').map((line) => line.split(',')),
    asked,
  )

describe('namedColumns', () => {
  it.each([
    ['MovieLens', 'userId,movieId,rating,timestamp', 'userId movieId rating - timestamp'],
    [
      'Amazon reviews',
      'reviewerID,asin,reviewerName,reviewText,overall,summary,unixReviewTime,reviewTime',
      'reviewerID asin overall - unixReviewTime',
    ],
    ['Amazon 2023', 'user_id,parent_asin,rating,timestamp', 'user_id parent_asin rating - timestamp'],
    [
      'RecBole',
      'user_id:token\titem_id:token\trating:float\ttimestamp:float',
      'user_id:token item_id:token rating:float - timestamp:float',
    ],
    ['hetrec', 'userID\tartistID\tweight', 'userID artistID weight - -'],
    ['Steam', 'user_id,game_id,Hours', 'user_id game_id Hours - -'],
    ['Last.fm', 'userid;artist;playcount', 'userid artist playcount - -'],
    ['Yoochoose', 'Session ID,Timestamp,Item ID,Category', 'Session ID Item ID - - Timestamp'],
    [
      'REES46',
      'event_time,event_type,product_id,category_id,brand,price,user_id,user_session',
      'user_id product_id - event_type event_time',
    ],
    ['Retail Rocket', 'timestamp,visitorid,event,itemid,transactionid', 'visitorid itemid - event timestamp'],
    ['Book-Crossing', 'User-ID;ISBN;Book-Rating', 'User-ID ISBN Book-Rating - -'],
    ['Goodreads', 'user_id,book_id,is_read,rating,is_reviewed', 'user_id book_id rating - -'],
    ['Yelp', 'review_id,user_id,business_id,stars,useful,text,date', 'user_id business_id stars - date'],
    [
      'Online Retail',
      'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country',
      'CustomerID StockCode Quantity - InvoiceDate',
    ],
    ['OTTO', 'session,aid,ts,type', 'session aid - - ts'],
    ['a log', 'ts,uid,event,sku', 'uid sku - event ts'],
    ['a query', 'r.userId,r.movieId,r.rating', 'r.userId r.movieId r.rating - -'],
  ])('finds the columns of %s', (_name, header, expected) => {
    const [user, item, value, signal, time] = expected.split(/ (?!ID)/)
    const known = Object.entries({ user, item, value, signal, time }).filter(([, name]) => name !== '-')
    expect(named(header)).toEqual(Object.fromEntries(known))
  })

  it('finds the others when some are asked for, and no column twice', () => {
    const header = 'who,movieId,rating,stars,timestamp'
    expect(named(header, { user: 'who' })).toEqual({ user: 'who', item: 'movieId', value: 'rating', time: 'timestamp' })
    expect(named(header, { user: 'rating', item: 1 })).toEqual({
      user: 'rating',
      item: 'movieId',
      value: 'stars',
      time: 'timestamp',
    })
    expect(named(header, { user: 'who', value: null, time: null })).toEqual({ user: 'who', item: 'movieId' })
  })
})

describe('columns that are asked for', () => {
  it('are two for the two sides', () => {
    const refused = expect.objectContaining({ code: 'INVALID_OPTION' }) as Error
    expect(() => named('a,b', { user: 'a', item: 'a' })).toThrow(refused)
    expect(() => numbered('a,b', { user: 1, item: 1 })).toThrow(refused)
  })
})

describe('numberedColumns', () => {
  it.each<[string, string, object]>([
    ['user and item', 'a,b', { user: 0, item: 1 }],
    ['values', '1,2,3.5\n1,3,4', { user: 0, item: 1, value: 2 }],
    ['values and times', '1,2,3,881250949\n1,3,4,891717742', { user: 0, item: 1, value: 2, time: 3 }],
    ['values and times of another unit', '1,2,3,100\n1,3,4,', { user: 0, item: 1, value: 2, time: 3 }],
    ['seconds', '1,2,1300000000\n1,3,1300000001', { user: 0, item: 1, time: 2 }],
    ['milliseconds', '1,2,1300000000000\n1,3,1300000000001', { user: 0, item: 1, time: 2 }],
    ['dates', '1,2,2021-01-31\n1,3,', { user: 0, item: 1, time: 2 }],
    ['times before values', '1,2,1300000000,5\n1,3,1300000001,4', { user: 0, item: 1, time: 2, value: 3 }],
    [
      'signals and values, as Steam has them',
      '1,Dota,purchase,1.0,0\n1,Dota,play,27.5,0\n1,Ark,purchase,1.0,0\n1,Ark,play,3,0',
      { user: 0, item: 1, signal: 2, value: 3 },
    ],
    ['values up to a few that are misspelt', '1,2,3\n1,3,five', { user: 0, item: 1, value: 2 }],
  ])('finds %s', (_name, text, expected) => expect(numbered(text)).toEqual(expected))

  it('finds the others when some are asked for', () => {
    const text = '1300000000,7,5,8,x\n1300000001,7,4,9,y'
    expect(numbered(text, { user: 1 })).toEqual({ user: 1, item: 0, value: 2, time: 3 })
    expect(numbered(text, { user: 1, item: 3 })).toEqual({ user: 1, item: 3, time: 0 })
    expect(numbered(text, { user: 1, item: 3, value: 2, time: null })).toEqual({ user: 1, item: 3, value: 2 })
    expect(numbered('1433221332117,7,view,3,\n1433221332118,7,view,4,4000', { user: 1, item: 3, time: 0 })).toEqual({
      ...{ user: 1, item: 3, time: 0 },
    })
    expect(numbered('a,b,1', { item: 0 })).toEqual({ user: 1, item: 0, value: 2 })
  })

  it.each([
    ['a date for the item', '0,2010-10-19T23:55:27Z,30.2', 'column 2: expected user, item'],
    ['a text in the third column', 'a,b,The Doors,5\na,c,Can,4', 'got texts'],
    ['ids in the third column', '1,2268318,2520377\n1,2333346,2520771', 'got ids'],
    ['one column', 'a\nb', 'column 2'],
  ])('refuses %s', (_name, text, message) => {
    expect(() => numbered(text)).toThrow(expect.objectContaining({ code: 'INVALID_DATA' }))
    expect(() => numbered(text)).toThrow(message)
  })
})

describe('timeUnitOf', () => {
  it.each([
    ['s', ['881250949', '1300000000.5', '']],
    ['ms', ['1300000000000']],
    ['us', ['1300000000000000']],
    ['ns', ['1300000000000000000']],
    ['date', ['2021-01-31', '2021-01-31 10:00:00 UTC', 'NULL']],
    [null, ['1', '2', '3']],
    [null, ['20210131']],
    [null, ['noon']],
    [null, []],
  ])('is %s of %j', (unit, cells) => expect(timeUnitOf(cells)).toBe(unit))
})
