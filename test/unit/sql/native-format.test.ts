import { describe, expect, it } from 'vitest'
import type { Columns } from '../../../src/sql/connection.ts'
import { readNative, writeNative } from '../../../src/sql/native-format.ts'

/** What ClickHouse 18.16 answers to SELECT toInt32(number) AS i, toFloat32(number) AS c, toString(number + 9) AS k, number AS n FROM system.numbers LIMIT 2. */
const ANSWER = Buffer.from(
  '0402' +
    '0169' +
    '05496e743332' +
    '0000000001000000' +
    '0163' +
    '07466c6f61743332' +
    '000000000000803f' +
    '016b' +
    '06537472696e67' +
    '0139' +
    '023130' +
    '016e' +
    '0655496e743634' +
    '0000000000000000' +
    '0100000000000000',
  'hex',
)

async function blocksOf(bytes: Uint8Array, piece: number): Promise<Columns[]> {
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += piece) yield await Promise.resolve(bytes.subarray(at, at + piece))
  }
  const blocks: Columns[] = []
  for await (const block of readNative(pieces())) blocks.push(block)
  return blocks
}

describe('the Native format', () => {
  it.each([1, 7, 1000])('is read in pieces of %d bytes', async (piece) => {
    const twice = Buffer.concat([ANSWER, ANSWER])
    const block = { i: Int32Array.of(0, 1), c: Float32Array.of(0, 1), k: ['9', '10'], n: BigUint64Array.of(0n, 1n) }
    expect(await blocksOf(twice, piece)).toEqual([block, block])
  })

  it('is written as it is read', async () => {
    const columns = { i: [3, -1], f0: [0.1, 1e-30], m: [0.1, 1e300] }
    const bytes = writeNative(columns, { i: 'int', f0: 'single', m: 'double' })
    expect(await blocksOf(bytes, 9)).toEqual([
      { i: Int32Array.of(3, -1), f0: Float32Array.of(0.1, 1e-30), m: Float64Array.of(0.1, 1e300) },
    ])
  })

  it('has texts byte by byte, and refuses what is not UTF-8', async () => {
    const texts = ['\uFEFFa', 'a', '', 'é\0']
    const bytes = writeNative({ k: texts }, { k: 'text' })
    expect(await blocksOf(bytes, 3)).toEqual([{ k: texts }])
    const other = Buffer.from('0101' + '016b' + '06537472696e67' + '02ff61', 'hex')
    await expect(blocksOf(other, 3)).rejects.toMatchObject({ code: 'INVALID_DATA' })
  })

  it('refuses an answer that was cut, and columns that are neither numbers nor texts', async () => {
    await expect(blocksOf(ANSWER.subarray(0, 40), 9)).rejects.toMatchObject({ code: 'READ_FAILED' })
    await expect(blocksOf(Buffer.from('0101016104446174650000', 'hex'), 9)).rejects.toThrow(/a column of type Date/)
  })
})
