import { spawnSync, type SpawnSyncReturns } from 'node:child_process'
import { existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { built } from '../build.ts'
import { temporaryFolder } from '../unit/io/temporary.ts'

const folder = temporaryFolder()
const main = built('src/cli/main.ts')
const pairs = Array.from({ length: 3000 }, (_, n) => `u${n % 300},i${(n * n + 3 * n) % 97}`)
const data = folder.write('data.csv', `user,item\n${[...new Set(pairs)].join('\n')}\n`)

/** A line of a shell, `$RIVULET` the command. */
function shell(line: string): SpawnSyncReturns<string> {
  const env = {
    ...{ ...process.env, RIVULET: `${process.execPath} ${main}`, DATA: data, FOLDER: folder.path('.') },
    PARQUET: resolve('test/fixtures/parquet/snappy.parquet'),
    ARROW: resolve('test/fixtures/arrow/uncompressed.arrow'),
  }
  return spawnSync('bash', ['-o', 'pipefail', '-c', line], { encoding: 'utf8', env, cwd: folder.path('.') })
}

describe.skipIf(process.platform === 'win32')('the streams of the command (needs bash)', () => {
  it('end with 0 when the reader has seen enough, and what was to be written is written', () => {
    const head = shell('$RIVULET recommend $DATA --k 50 --threads 1 | head -1')
    expect([head.status, head.stderr]).toEqual([0, ''])
    expect(head.stdout).toMatch(/^user /)
    const few = '--search recipe --trials 1 --baselines none --threads 1'
    const closed = shell(
      `sleep 0.1 | { $RIVULET tune $DATA ${few} --out recipe.json; echo $? >&2; } 2>code | true; cat code`,
    )
    expect(closed.stdout).toContain('0\n')
    expect(JSON.parse(readFileSync(folder.path('recipe.json'), 'utf8'))).toHaveProperty('recipe.operators')
  })

  it.skipIf(!existsSync('/dev/full'))('end with 1 and a line when nothing can be printed (needs /dev/full)', () => {
    for (const args of ['recommend $DATA --threads 1', 'inspect $DATA', 'recommend $DATA --json --threads 1']) {
      const { status, stderr } = shell(`$RIVULET ${args} > /dev/full`)
      expect(status).toBe(1)
      expect(stderr).toMatch(/^rivulet: cannot write to standard output: the disk is full\n$/m)
    }
    const kept = shell('$RIVULET recommend $DATA --users u1 --k 1 --threads 1 2> /dev/full')
    expect([kept.status, kept.stdout]).toEqual([0, expect.stringContaining('u1')])
  })

  it.each([
    ['nothing', 'true', 'an empty file'],
    ['text in the middle of a row', 'head -c $(($(wc -c < $DATA) - 5)) $DATA', 'fields as in the first row'],
    ['packed text', 'gzip -c $DATA | head -c 600', 'gzip data that ends too early'],
    ['Parquet', 'head -c 900 $PARQUET', 'without its footer'],
    ['Arrow', 'head -c 900 $ARROW', 'a whole Arrow file'],
  ])('are refused where the input ends too early: %s', (_name, source, told) => {
    const { status, stderr } = shell(`(${source}) | $RIVULET recommend - --k 1 --threads 1`)
    expect([status, stderr]).toEqual([1, expect.stringContaining(told)])
    expect(stderr).toMatch(/^rivulet: readInteractions\('-'\)/)
  })

  it('are no matter to the exit code when they are closed', () => {
    expect(shell('$RIVULET recommend $DATA --users u1 --threads 1 >&-').status).toBe(0)
    const { status, stdout } = shell('$RIVULET recommend $DATA --users u1 --k 1 --threads 1 2>&-')
    expect([status, stdout]).toEqual([0, expect.stringContaining('u1')])
    expect(shell('$RIVULET recommend $DATA --users nobody --threads 1 2>&-').status).toBe(1)
  })

  it('are written into where --out is one of them', () => {
    mkdirSync(folder.path('dev'))
    symlinkSync('/proc/self/fd/1', folder.path('dev/stdout.csv'))
    if (!existsSync('/proc/self/fd/1')) return
    const { status, stdout } = shell(
      '{ echo before; $RIVULET recommend $DATA --users u1 --k 1 --threads 1 --out dev/stdout.csv; echo after; } > all.txt; cat all.txt',
    )
    expect(status).toBe(0)
    expect(stdout).toMatch(/^before\nuser,rank,item,score,prior\nu1,1,i\d+,.*\nafter\n$/)
    expect(lstatSync(folder.path('dev/stdout.csv')).isSymbolicLink()).toBe(true)
    const piped = shell('$RIVULET recommend $DATA --threads 1 --k 50 --out dev/stdout.csv | sleep 0.3 | cat; true')
    expect(piped.status).toBe(0)
  })
})
