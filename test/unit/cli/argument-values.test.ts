import { describe, expect, it } from 'vitest'
import { InvalidArgumentError } from 'commander'
import {
  readBytes,
  readColumns,
  readDelimiter,
  readDuration,
  readExclusion,
  readIds,
  readMethods,
  readNeighbours,
  readNumber,
  readNumbers,
  readThreads,
} from '../../../src/cli/argument-values.ts'

describe('values of options', () => {
  it.each([
    ['8000000000', 8e9],
    ['8GB', 8e9],
    ['8gb', 8e9],
    ['8G', 8e9],
    ['0.5 GB', 5e8],
    ['500MB', 5e8],
    ['8GiB', 8 * 2 ** 30],
    ['2Ki', 2048],
    ['1TB', 1e12],
    ['100B', 100],
  ])('bytes %j', (text, bytes) => expect(readBytes(text)).toBe(bytes))

  it.each(['', 'GB', '-1GB', '8XB', '0', '0GB', '1e9', '8GBs'])('no bytes %j', (text) =>
    expect(() => readBytes(text)).toThrow(InvalidArgumentError),
  )

  it('numbers', () => {
    expect([readNumber('0.7'), readNumber('-1e-3'), readNumber('0')]).toEqual([0.7, -0.001, 0])
    expect(readNumbers('5,20')).toEqual([5, 20])
    for (const text of ['', ' ', 'ten', '1,5', '5x']) expect(() => readNumber(text)).toThrow(InvalidArgumentError)
    expect(() => readNumbers('5,')).toThrow(InvalidArgumentError)
  })

  it('threads and neighbours', () => {
    expect([readThreads('auto'), readThreads('4')]).toEqual(['auto', 4])
    for (const text of ['0', '-1', '1.5', 'many', '']) expect(() => readThreads(text)).toThrow(InvalidArgumentError)
    expect([readNeighbours('all'), readNeighbours('50')]).toEqual(['all', 50])
  })

  it('what is left out, by signals', () => {
    expect(readExclusion('signals:buy,add to cart')).toEqual({ signals: ['buy', 'add to cart'] })
    expect(readExclusion('signals:shop:buy')).toEqual({ signals: ['shop:buy'] })
    expect(['seen', 'none', 'signals'].map(readExclusion)).toEqual(['seen', 'none', 'signals'])
  })

  it('times and methods', () => {
    expect(['90', '90s', '1.5m', '1h', '500ms', '1d'].map(readDuration)).toEqual([
      90e3, 90e3, 90e3, 3600e3, 500, 86_400e3,
    ])
    for (const text of ['', '-1', 'm', '5 days', '1e3']) expect(() => readDuration(text)).toThrow(InvalidArgumentError)
    expect([readMethods('none'), readMethods('ease,rp3beta')]).toEqual([[], ['ease', 'rp3beta']])
  })

  it('ids add up', () => {
    expect(readIds('a,b')).toEqual(['a', 'b'])
    expect(readIds('__proto__', ['a'])).toEqual(['a', '__proto__'])
  })

  it('delimiters and columns', () => {
    expect([readDelimiter('\\t'), readDelimiter('::')]).toEqual(['\t', '::'])
    expect(readColumns('user=who,item=3')).toEqual({ user: 'who', item: 3 })
    expect(readColumns('time=-,value=0')).toEqual({ time: null, value: 0 })
    expect(readColumns('user=a=b')).toEqual({ user: 'a=b' })
    expect(Object.keys(readColumns('__proto__=x'))).toEqual(['__proto__'])
    for (const text of ['', 'user', 'user=', '=who', 'user=a,,item=b']) {
      expect(() => readColumns(text)).toThrow(InvalidArgumentError)
    }
  })
})
