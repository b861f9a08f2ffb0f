import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { SqlEngine } from '../../../src/sql.ts'

describe('what is refused before anybody is asked', () => {
  it.each([
    ['an address of another kind', { clickhouse: 'htp://ann:hunter2@host' }, 'clickhouse'],
    ['an address that cannot be decoded', { clickhouse: 'http://ann:hunter2%@host' }, 'clickhouse'],
    ['one address of several', { clickhouse: ['http://host', 'ann:hunter2@host'] }, 'clickhouse'],
    ['an address of Spark with a path', { spark: 'sc://host/path;token=hunter2' }, 'spark'],
    ['a password that is no text', { clickhouse: 'http://host', password: ['hunter2'] }, 'password'],
  ])('%s is not shown', async (_, options, option) => {
    const refused = await SqlEngine.connect({ table: 'events', ...options } as never).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'INVALID_OPTION', details: { option } })
    expect(inspect(refused, { depth: 9, showHidden: true })).not.toContain('hunter2')
  })

  it.each(['user', 'password', 'cluster', 'workspace'])(
    '%s beside a connection is refused, not ignored',
    async (name) => {
      // eslint-disable-next-line require-yield -- nobody is asked
      const query = async function* (): AsyncGenerator<never> {
        throw new Error('asked')
      }
      const options = { table: 'events', connection: { dialect: 'duckdb', query }, [name]: 'hunter2' } as const
      const refused = await SqlEngine.connect(options).catch((error: unknown) => error)
      expect(refused).toMatchObject({ code: 'INVALID_OPTION', details: { option: name } })
      if (name === 'password') expect(inspect(refused, { depth: 9, showHidden: true })).not.toContain('hunter2')
    },
  )

  it.each([
    ['neither address nor connection', {}, /exactly one of clickhouse, spark and connection, got none/],
    ['two of them', { clickhouse: 'http://a', spark: 'sc://a' }, /got 2 of them/],
    ['several addresses without a cluster', { clickhouse: ['http://a', 'http://b'] }, /the name of the cluster/],
  ])('%s', async (_, options, message) => {
    await expect(SqlEngine.connect({ table: 'events', ...options })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringMatching(message) as string,
    })
  })
})
