import { appendFileSync, existsSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { gzipSync } from 'node:zlib'
import { readBytes } from '../../../src/io/read-bytes.ts'
import { readInteractions } from '../../../src/io/read-interactions.ts'
import type { ReadInteractionsOptions } from '../../../src/io/read-options.ts'
import { tableRows } from '../data/table-rows.ts'
import { temporaryFolder } from './temporary.ts'

const folder = temporaryFolder()
let files = 0

/** The rows of a file with this content. */
async function read(content: string | Uint8Array, options?: ReadInteractionsOptions, name = `file-${files++}`) {
  return tableRows(await readInteractions(folder.write(name, content), options))
}

const none = 'interaction'

describe('readInteractions, delimited text', () => {
  const rated = [
    ['7', '007', none, 3.5, 100],
    ['ann', 'tea', none, -1, NaN],
  ]

  it.each([
    ['by known names', 'userId,movieId,rating,timestamp\n7,007,3.5,100\nann,tea,-1,\n'],
    [
      'in any order, with other columns',
      'ts\tx\tStars\tproduct_id\tCustomer ID\n100\t?\t3.5\t007\t7\n\t?\t-1\ttea\tann\n',
    ],
    ['without a header', '7::007::3.5::100\nann::tea::-1::\n'],
    ['with CRLF and a byte order mark', '\ufeffuser;item;value;time\r\n7;007;3.5;100\r\nann;tea;-1;\r\n'],
    ['with quotes', '"user","item","value","time"\n"7","007","3.5","100"\n"ann","tea","-1",""'],
  ])('finds columns %s', async (_name, text) => expect(await read(text)).toEqual(rated))

  it('reads gzip by its content, whatever the name, in several members too', async () => {
    const text = ['user,item\n1,2\n', '3,4\n'] as const
    const expected = [
      ['1', '2', none, null, null],
      ['3', '4', none, null, null],
    ]
    expect(await read(gzipSync(text.join('')), {}, 'plain.csv')).toEqual(expected)
    expect(await read(Buffer.concat(text.map((part) => gzipSync(part))))).toEqual(expected)
    expect(await read(text.join(''), {}, 'not-packed.csv.gz')).toEqual(expected)
  })

  it('reads the columns asked for, and finds the others', async () => {
    const text = 'who,what,how,stars,when\na,b,like,5,2011-04-07T00:00:00Z\n'
    const columns = { user: 'who', item: 'what', signal: 'how', time: 'when' }
    expect(await read(text, { columns })).toEqual([['a', 'b', 'like', 5, 1302134400]])
    const without = { ...columns, value: null, time: null }
    expect(await read(text, { columns: without })).toEqual([['a', 'b', 'like', null, null]])
    const [row] = await read('userId,movieId,title,rating,timestamp\n1,2,x,3,4\n', { columns: { item: 'movieId' } })
    expect(row).toEqual(['1', '2', none, 3, 4])
    const numbers = { user: 1, item: 0 }
    expect(await read('a|b|c\n', { columns: numbers, signalName: 'play' })).toEqual([['b', 'a', 'play', null, null]])
    expect(await read(text, { columns: numbers, header: true })).toEqual([['b', 'a', none, 5, 1302134400]])
  })

  it('numbers signals in order of appearance', async () => {
    const path = folder.write('signals.csv', 'user,item,event\n1,1,view\n1,2,buy\n2,1,view\n')
    const table = await readInteractions(path)
    expect(table.signals).toEqual(['view', 'buy'])
    expect(table.signal).toEqual(Uint8Array.of(0, 1, 0))
  })

  it('keeps ids letter by letter', async () => {
    const ids = [
      '007',
      '7',
      '0',
      '00',
      '-1',
      '1.0',
      '1e3',
      '__proto__',
      'constructor',
      '9999999999',
      ' 7',
      'é',
      '123456789',
    ]
    const rows = await read(ids.map((id) => `${id}\t${id}\n`).join(''), { format: 'delimited' })
    expect(rows.map(([user]) => user)).toEqual(ids)
    expect(rows.map(([, item]) => item)).toEqual(ids)
  })

  it.each(['a""b,1\n"a""b",2\n', '"a""b",2\na""b,1\n'])('keeps the ids apart that %j spells', async (text) => {
    const table = await readInteractions(folder.write('doubled.csv', text))
    expect([...table.users.keys()].sort()).toEqual(['a""b', 'a"b'])
  })

  it('gives the same row to the same id, quoted or not', async () => {
    const table = await readInteractions(folder.write('same.csv', 'a"b,1\n"a""b","1"\n5,1\n"5",1\n'))
    expect(table.user).toEqual(Int32Array.of(0, 0, 1, 1))
    expect(table.items.size).toBe(1)
  })

  it('reads many ids', async () => {
    const text = Array.from({ length: 20_000 }, (_, n) => `${(n * 7919) % 10_007}\tk${n % 5003}\t${n}\n`).join('')
    const table = await readInteractions(folder.write('many.tsv', text))
    expect(table.users.size).toBe(10_007)
    expect(table.items.size).toBe(5003)
    const right = tableRows(table).every(
      ([u, i, , v], n) => u === String((n * 7919) % 10_007) && i === `k${n % 5003}` && v === n,
    )
    expect(right).toBe(true)
  })

  it('reads fields of a million characters', async () => {
    const long = 'x'.repeat(1_000_000)
    const rows = await read(`user,item\n1,${long}\n2,"${long}\n"\n`)
    expect(rows.map(([user, item]) => [user, item.length])).toEqual([
      ['1', 1_000_000],
      ['2', 1_000_001],
    ])
  })

  it.each([
    ['a cut row', 'user,item,value\n1,2,3\n4,5', 'line 3: expected 3 fields as in the first row, got 2'],
    ['a row too long', '1,2\n1,2,3\n', 'line 2: expected 2 fields as in the first row, got 3'],
    ['NaN', '1,2,NaN\n', "line 1, column 3: expected a finite number, got 'NaN'"],
    [
      'Infinity',
      'user,item,value\n1,2,1\n1,2,-Infinity\n',
      "line 3, column 3: expected a finite number, got '-Infinity'",
    ],
    ['a value beyond single precision', '1,2,1e39\n', "got '1e39'"],
    ['a value in words', '1,2,1\n1,2,five\n', "line 2, column 3: expected a finite number, got 'five'"],
    ['no value', '1,2,1\n1,2,\n', "line 2, column 3: expected a finite number, got ''"],
    ['an unknown header', 'foo,bar,baz\n1,2,3\n', 'If the first line is a header, name the columns'],
    [
      'a bad time',
      '1,2,1,noon\n',
      "line 1, column 4: expected a time (a number, a Date or an ISO 8601 date), got 'noon'",
    ],
    ['an infinite time', '1,2,1,1e999\n', 'line 1, column 4: expected a time'],
    ['an empty user', '1,2\n,2\n', 'line 2, column 1: expected the user, got an empty field'],
    ['an empty item', '1,2\n2,""\n', 'line 2, column 2: expected the item, got an empty field'],
    ['an open quote', '1,2\n"1,2\n', 'line 2, column 1: expected a closing quote'],
    ['no delimiter', '123\n456\n', "expected fields delimited by a tab, '::', ';', '|' or ','"],
    ['users only', 'user,name\n1,2\n', "expected a column with a name such as 'item'"],
    ['other bytes than UTF-8', Buffer.from([0xe9, 0x2c, 0x31, 0x0a]), 'line 1, column 1: expected UTF-8 text'],
  ])('refuses %s', async (_name, content, message) => {
    const reading = read(content)
    await expect(reading).rejects.toMatchObject({ name: 'RivuletError', code: 'INVALID_DATA' })
    await expect(reading).rejects.toThrowError(message)
    await expect(reading).rejects.toThrowError(/^readInteractions\('/)
  })

  it('counts lines over quoted line breaks, CRLF and empty lines', async () => {
    await expect(read('user,item,value\r\n"a\r\nb",2,3\r\n\r\n1,2,x\r\n')).rejects.toMatchObject({
      details: { line: 5, column: 3 },
    })
  })

  it.each([
    ['an empty file', ''],
    ['a header only', 'user,item\n'],
    ['a header without a line break', 'user,item'],
    ['only empty lines', '\n\n\r\n'],
    ['only a byte order mark', '\ufeff'],
    ['empty gzip', gzipSync('')],
  ])('refuses %s', async (_name, content) => {
    await expect(read(content, {}, `${files++}.csv`)).rejects.toMatchObject({
      name: 'RivuletError',
      code: 'EMPTY_DATA',
    })
  })

  it.each<[ReadInteractionsOptions, string]>([
    [
      { columns: { user: 'whom' } },
      "option 'columns.user': expected one of 'who', 'what', got 'whom'. Did you mean 'who'?",
    ],
    [{ columns: { item: 5 } }, "option 'columns.item': expected a number in [0, 2), got 5"],
    [{ columns: { usr: 0 } as never }, "Did you mean 'user'?"],
    [{ columns: { user: -1 } }, 'an integer >= 0'],
    [{ columns: [0, 1] as never }, 'expected an options object'],
    [{ delimiter: '"' }, 'one or two ASCII characters'],
    [{ delimiter: 'é' }, 'one or two ASCII characters'],
    [{ format: 'csv' as never }, "one of 'delimited', 'adjacency', 'json-lines'"],
    [{ delimeter: ',' } as never, "Did you mean 'delimiter'?"],
    [{ format: 'adjacency', columns: { user: 0 } }, 'no value for adjacency lists'],
  ])('refuses the options %j', async (options, message) => {
    const header = typeof options.columns?.item === 'number' ? '' : 'who,what\n'
    const reading = read(`${header}1,2\n`, options)
    await expect(reading).rejects.toMatchObject({ code: expect.stringMatching(/^(INVALID|UNKNOWN)_OPTION$/) })
    await expect(reading).rejects.toThrowError(message)
  })
})

describe('readInteractions, adjacency lists', () => {
  it('reads a user and her items a line; users without items keep their number', async () => {
    const path = folder.write('train.txt', '0 5 7\n1 \n2\n4  7 9 \r\n')
    const table = await readInteractions(path, { signalName: 'check-in' })
    expect(tableRows(table).map(([user, item, signal]) => `${user} ${item} ${signal}`)).toEqual([
      '0 5 check-in',
      '0 7 check-in',
      '4 7 check-in',
      '4 9 check-in',
    ])
    expect([...table.users.keys()]).toEqual(['0', '1', '2', '4'])
    expect(table).not.toHaveProperty('value')
  })

  it('takes another delimiter', async () => {
    const rows = await read('a\tb\tc\n', { format: 'adjacency', delimiter: '\t' })
    expect(rows.map(([, item]) => item)).toEqual(['b', 'c'])
  })

  it('refuses users without any item', async () => {
    await expect(read('0\n1 \n', { format: 'adjacency' })).rejects.toMatchObject({ code: 'EMPTY_DATA' })
  })
})

describe('readInteractions, JSON lines', () => {
  it('reads objects by the names of their properties', async () => {
    const text =
      '{"user_id": 1, "item": "007", "rating": 4.5, "time": 9}\r\n\n{"item": "__proto__", "user_id": "x", "rating": "2"}\n'
    expect(await read(text)).toEqual([
      ['1', '007', none, 4.5, 9],
      ['x', '__proto__', none, 2, NaN],
    ])
    const columns = { user: 'item', item: 'user_id' }
    expect((await read(text, { columns })).map(([user, item]) => [user, item])).toEqual([
      ['007', '1'],
      ['__proto__', 'x'],
    ])
  })

  it.each([
    ['{"user": 1, "item": 2}\n{"user": 1, "ite\n', 'line 2: expected a JSON object'],
    ['{"user": 1, "item": 2}\n[1, 2]\n', 'line 2: expected a JSON object, got [1, 2]'],
    ['{"user": 1, "item": 2}\n{"user": 1}\n', "line 2, property 'item': expected a property of this name, got 'user'"],
    [
      '{"user": {"id": 1}, "item": 2}\n',
      "property 'user': expected the user, got an object (id). Name one of its parts ('user.id')",
    ],
    ['{"user": 12345678901234567890, "item": 2}\n', 'Write large ids as strings'],
    ['{"a": 1, "b": 2}\n', "expected a column with a name such as 'user'"],
    ['null\n', 'expected a JSON object, got null'],
  ])('refuses %j', async (text, message) => {
    const reading = read(text, { format: 'json-lines' })
    await expect(reading).rejects.toMatchObject({ name: 'RivuletError', code: 'INVALID_DATA' })
    await expect(reading).rejects.toThrowError(message)
  })

  it.each(['[', '{"a":'])('refuses ids in %j within %j within ...', async (open) => {
    const nest = `${open.repeat(1e5)}1${(open === '[' ? ']' : '}').repeat(1e5)}`
    const reading = read(`{"user":"a","item":${nest}}\n`, { format: 'json-lines' })
    await expect(reading).rejects.toMatchObject({ name: 'RivuletError', code: 'INVALID_DATA' })
  })

  it('refuses a file without an object', async () => {
    await expect(read('\n', { format: 'json-lines' })).rejects.toMatchObject({ code: 'EMPTY_DATA' })
  })
})

describe('readInteractions, progress', () => {
  it('tells bytes as the file is read, packed as they are', async () => {
    const lines = Array.from({ length: 60_000 }, (_, n) => `${n},${n % 7}\n`).join('')
    for (const bytes of [Buffer.from(lines), gzipSync(lines)]) {
      const told: number[] = []
      const path = folder.write('progress.csv', bytes)
      await readInteractions(path, {
        onProgress: ({ done, total }) => {
          expect(total).toBe(bytes.length)
          told.push(done)
        },
      })
      expect(told.at(-1)).toBe(bytes.length)
      expect(told).toEqual(told.toSorted((one, other) => one - other))
    }
  })
})

describe('readInteractions, broken files', () => {
  const failed = { name: 'RivuletError', code: 'READ_FAILED' }

  it('refuses a missing file', async () => {
    await expect(readInteractions(folder.path('nowhere.csv'))).rejects.toMatchObject(failed)
    await expect(readInteractions(folder.path('nowhere.csv'))).rejects.toThrowError('no such file')
  })

  it('refuses gzip that is cut or damaged', async () => {
    const lines = Array.from({ length: 50_000 }, (_, n) => `${n},${(n * 7919) % 1000}\n`).join('')
    const packed = gzipSync(`user,item\n${lines}`)
    await expect(read(packed.subarray(0, packed.length - 100))).rejects.toMatchObject(failed)
    await expect(read(packed.subarray(0, packed.length - 100))).rejects.toThrowError('ends too early')
    await expect(read(packed.subarray(0, 12))).rejects.toMatchObject(failed)
    const damaged = Buffer.from(packed)
    damaged.fill(0xff, 60_000, 60_100)
    // Garbled text may come out before the damage is found.
    await expect(read(damaged)).rejects.toMatchObject({ code: expect.stringMatching(/^(READ_FAILED|INVALID_DATA)$/) })
    const wrongSum = Buffer.from(packed)
    wrongSum[wrongSum.length - 6] ^= 1
    await expect(read(wrongSum)).rejects.toThrowError('damaged gzip data')
  })

  it('refuses UTF-16', async () => {
    await expect(read(Buffer.from('\ufeffuser,item\n1,2\n', 'utf16le'))).rejects.toThrowError('got UTF-16 text')
    for (const text of ['user,item\n1,2\n', '1,2\n3,4\n', '{"user":1,"item":2}\n']) {
      const unmarked = Buffer.from(text, 'utf16le')
      for (const bytes of [unmarked, Buffer.from(unmarked).swap16(), gzipSync(unmarked)])
        await expect(read(bytes)).rejects.toThrowError('got UTF-16 text')
    }
  })

  it('reads a file that grows up to the size it had when opened', async () => {
    const text = Array.from({ length: 100_000 }, (_, n) => `${n}\t${n}\n`).join('')
    const path = folder.write('growing.tsv', text)
    let length = 0
    for await (const chunk of readBytes('test', path)) {
      if (length === 0) appendFileSync(path, text)
      length += chunk.length
    }
    expect(length).toBe(text.length)
  })

  const processFiles = '/proc/self/fd'

  it.skipIf(!existsSync(processFiles))('closes the file when reading fails midway (needs /proc)', async () => {
    const text = `user,item,value\n1,2,x\n${Array.from({ length: 200_000 }, (_, n) => `${n},${(n * 7919) % 1009},3\n`).join('')}`
    const paths = [
      folder.write('early.csv', text),
      folder.write('early.csv.gz', gzipSync(text)),
      folder.write('no-delimiter', '123\n'.repeat(200_000)),
    ]
    const open = readdirSync(processFiles).length
    for (let attempt = 0; attempt < 60; attempt++) {
      await expect(readInteractions(paths[attempt % 3])).rejects.toMatchObject({ code: 'INVALID_DATA' })
    }
    // The system closes them a little after they were given up.
    const isMany = (): boolean => readdirSync(processFiles).length >= open + 10
    for (let look = 0; look < 2000 && isMany(); look++) await new Promise((resolve) => setTimeout(resolve, 10))
    expect(readdirSync(processFiles).length).toBeLessThan(open + 10)
  })

  it('refuses a path that is no text', async () => {
    await expect(readInteractions(new URL('file:///tmp/x') as never)).rejects.toMatchObject({ code: 'INVALID_OPTION' })
  })
})
