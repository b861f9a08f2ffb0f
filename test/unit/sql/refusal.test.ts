import { describe, expect, it } from 'vitest'
import { AnyDatabase } from '../../../src/sql/any-database.ts'
import { meaningOf, refusal, tlsRefusal } from '../../../src/sql/refusal.ts'
import { lacksMemory, Room } from '../../../src/sql/room.ts'

const withCode = (code: string): Error => Object.assign(new Error('self-signed certificate'), { code })
const lack = refusal('memory', 'step', 'db.example', 'would use 1.2 GiB, maximum: 1.0 GiB')

describe('what a database says', () => {
  it.each([
    ['Out of Memory Error: failed to allocate data of size 16.0 MiB (1.0 GiB/1.0 GiB used)', 'memory'],
    ['Memory limit (for query) exceeded: would use 95.37 MiB', 'memory'],
    ['Resources exhausted: Failed to allocate 12 bytes', 'memory'],
    ['IO Error: Could not write file: No space left on device', 'disk'],
    ['write failed: Disk quota exceeded', 'disk'],
    ['Catalog Error: Table with name out of memory does not exist!', 'table'],
    ['Parser Error', 'other'],
  ] as const)('%s', (said, meaning) => {
    expect(meaningOf(said)).toBe(meaning)
  })

  it('names the server, what it needed and what to do', () => {
    expect(lack.message).toMatch(
      /db\.example, step 'step': expected enough memory.*would use 1\.2 GiB.*max_memory_usage/,
    )
    expect(lacksMemory(lack)).toBe(true)
    expect(lacksMemory(new Error('Memory limit exceeded'))).toBe(false)
  })

  it('is passed on from a connection of the caller, with its cause', async () => {
    const cause = new Error('Out of Memory Error')
    // eslint-disable-next-line require-yield -- it fails
    const query = async function* (): AsyncGenerator<never> {
      await Promise.reject(cause)
    }
    const asked = new AnyDatabase({ dialect: 'duckdb', query }).run({ name: 'step', sql: 'SELECT 1' })
    await expect(asked).rejects.toMatchObject({
      code: 'READ_FAILED',
      details: { step: 'step', reason: 'memory' },
      cause,
    })
  })

  it.each([
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'certificate'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'certificate'],
    ['CERT_HAS_EXPIRED', 'certificate'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls'],
    ['ECONNRESET', undefined],
  ])('over TLS: %s', (code, reason) => {
    expect(tlsRefusal('connect', 'db.example', withCode(code))?.details.reason).toBe(reason)
  })
})

describe('room for columns', () => {
  it('is halved until there is one column, and stays so', () => {
    const room = new Room()
    expect([[...room.spansOf(20)].map(({ width }) => width), room.notes]).toEqual([[16, 4], []])
    expect(room.narrow(5, lack)).toBe(3)
    expect(room.narrow(16, lack)).toBe(8)
    expect([...room.spansOf(7)]).toEqual([
      { first: 0, width: 3 },
      { first: 3, width: 3 },
      { first: 6, width: 1 },
    ])
    expect(room.narrow(2, lack)).toBe(1)
    expect(room.notes).toEqual(['1 column per query, which is slower than 16: db.example ran out of memory for more'])
    expect(() => room.narrow(1, lack)).toThrow(lack)
    const other = new Error('other')
    expect(() => room.narrow(16, other)).toThrow(other)
  })
})
