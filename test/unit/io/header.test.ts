import { describe, expect, it } from 'vitest'
import { decideHeader } from '../../../src/io/header.ts'
import { readInteractions } from '../../../src/io/read-interactions.ts'
import type { ReadInteractionsOptions } from '../../../src/io/read-options.ts'
import { temporaryFolder } from './temporary.ts'

const folder = temporaryFolder()
const rowsOf = (text: string): string[][] => text.split('\n').map((line) => line.split(','))
const decide = (text: string, options: ReadInteractionsOptions = {}) => decideHeader(rowsOf(text), options)

describe('decideHeader', () => {
  it.each([
    ['known names over words', 'user,item\nann,tea'],
    ['known names alone', 'user,item'],
    ['known names in any spelling', '"User-ID";ISBN'.replaceAll('"', '').replace(';', ',') + '\n1,2'],
    ['known names with types', 'user_id:token,item_id:token,rating:float\n1,2,3'],
    ['unknown names over numbers', 'shopper,ean\n7,4006381333931'],
    ['unknown names over one column of numbers', 'shopper,ean\nann,4006381333931\nbob,4006381333931'],
    ['unknown names over dates', 'who,what,day\nann,tea,2021-01-31'],
    ['unknown names over ids', 'shopper,ean\ns1,e1\ns2,e2'],
    ['an index without a name', ',user,item\n0,ann,tea\n1,bob,mug'],
    ['numbered columns over words', '0,1,2\nann,tea,5\nbob,mug,4'],
    ['an index and numbered columns over words', ',0,1\n0,ann,tea\n1,bob,mug'],
    ['known names that stand in the middle once more', 'user,item\nann,tea\nuser,item\nbob,mug'],
    ['unknown names over missing and known values', 'who,what,how\nann,tea,\nbob,mug,3'],
  ])('finds %s', (_name, text) => expect(decide(text)).toEqual({ header: true, note: null }))

  it.each([
    ['numbers', '1,2\n3,4'],
    ['a known word and a number', 'user,7,3.5\nann,9,4'],
    ['two known words and a number', 'user,book,5\nann,pen,4'],
    ['a known word that is a user', 'alice,book\nbob,pen\ncarol,book'],
    ['a known word and a date', 'alice,book,2021-01-31\nbob,pen,2021-02-01'],
    ['a known word, and a signal that comes again', 'user,tea,view\nann,mug,view'],
    ['words over words', 'ann,tea\nbob,mug'],
    ['one row of words', 'alice,book'],
    ['a word for a number', 'anonymous,12\n5,13\n6,14'],
    ['numbers in a row', '0,1,2\n3,4,5'],
    ['rows that are alike', 'alice,book\nalice,book'],
  ])('takes %s for data', (_name, text) => expect(decide(text).header).toBe(false))

  it('says what could have been otherwise', () => {
    expect(decide('1,2\n3,4').note).toBeNull()
    expect(decide('ann,tea\nbob,tea').note).toBeNull()
    expect(decide('user,7\nann,9').note).toMatch(
      /^line 1 is read as data, because no column is called '7' \(header: true/,
    )
    expect(decide('alice,book\nbob,book').note).toContain("'book' occurs again below")
    expect(decide('alice,book\nbob,pen').note).toContain('it looks like the lines below')
  })

  it('does as it is told', () => {
    expect(decide('1,2\n3,4', { header: true })).toEqual({ header: true, note: null })
    expect(decide('user,item\n3,4', { header: false })).toEqual({ header: false, note: null })
    expect(decide('1,2\n3,4', { columns: { user: '1' } })).toEqual({ header: true, note: null })
    expect(decide('a,b\nc,d', { columns: { user: 1 } })).toEqual({ header: false, note: null })
    const byNumber = decide('user,item\n3,4', { columns: { user: 1 } })
    expect(byNumber.header).toBe(false)
    expect(byNumber.note).toContain('the columns are given by number')
  })
})

describe('readInteractions and the first line', () => {
  const read = async (text: string, options?: ReadInteractionsOptions) => {
    const table = await readInteractions(folder.write('first.csv', text), options)
    return [...table.user].map((user, row) => [table.users.keyOf(user), table.items.keyOf(table.item[row])])
  }

  it.each(['shopper,ean\n7,8\n', 'shopper,ean\ns1,e1\ns2,e2\n', 'who,what,when\nann,tea,2021-01-31\n'])(
    'never makes a user of the names in %j',
    async (text) => {
      const reading = read(text)
      await expect(reading).rejects.toMatchObject({ code: 'INVALID_DATA' })
      await expect(reading).rejects.toThrowError('If it is data, say header: false.')
      const [user, item] = text.split(/[,\n]/)
      expect(await read(text, { columns: { user, item } })).not.toContainEqual([user, item])
    },
  )

  it.each(['alice,book\nbob,pen\n', 'user,tea\nann,mug\n', 'user,7\nann,8\n', 'movie,1\n2,3\n'])(
    'never loses the first row of %j',
    async (text) => {
      const rows = rowsOf(text.trim())
      expect(await read(text)).toEqual(rows)
      expect(await read(text, { columns: { user: 0, item: 1 } })).toEqual(rows)
    },
  )

  it('refuses a header that stands in the file once more', async () => {
    const text = 'user,item\nann,tea\nuser,item\nbob,mug\n'
    const reading = read(text)
    await expect(reading).rejects.toMatchObject({ code: 'INVALID_DATA', details: { line: 3 } })
    await expect(reading).rejects.toThrowError('the header of line 1 again')
    expect(await read(text, { header: false })).toHaveLength(4)
  })

  it('loses no row where columns are given by number', async () => {
    expect(await read('user,item\nann,tea\n', { columns: { user: 0 } })).toEqual(rowsOf('user,item\nann,tea'))
    expect(await read('user,item\nann,tea\n', { columns: { user: 0 }, header: true })).toEqual(rowsOf('ann,tea'))
  })
})
