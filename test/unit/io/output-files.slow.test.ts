import { execFileSync, spawn, spawnSync } from 'node:child_process'
import * as fs from 'node:fs'
import { Writable } from 'node:stream'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { gunzipSync } from 'node:zlib'
import { writeBytesFile, writeBytesFileSync, writeTextFile } from '../../../src/io/write.ts'
import { temporaryFolder } from './temporary.ts'

const real = await vi.importActual<typeof fs>('node:fs')
vi.mock('node:fs', async (original) => {
  const all = await original<typeof fs>()
  const { createWriteStream, statSync, chownSync } = all
  return {
    ...all,
    createWriteStream: vi.fn(createWriteStream),
    statSync: vi.fn(statSync),
    chownSync: vi.fn(chownSync),
  }
})
afterEach(() => {
  vi.mocked(fs.createWriteStream).mockImplementation(real.createWriteStream)
  vi.mocked(fs.statSync).mockImplementation(real.statSync)
  vi.mocked(fs.chownSync).mockImplementation(real.chownSync)
})

const folder = temporaryFolder()
const leftovers = (): string[] => fs.readdirSync(folder.path('.')).filter((name) => name.includes('.tmp-'))
const modeOf = (path: string): string => (fs.statSync(path).mode & 0o7777).toString(8)
const isRoot = process.getuid?.() === 0
const failed = (system: string) =>
  expect.objectContaining({ code: 'WRITE_FAILED', details: expect.objectContaining({ system }) as object }) as Error

const WAYS: readonly (readonly [string, (path: string, text: string) => Promise<void>])[] = [
  ['writeTextFile', (path, text) => writeTextFile(path, [text])],
  ['writeBytesFile', (path, text) => writeBytesFile(path, Buffer.from(`${text}\n`))],
  [
    'writeBytesFileSync',
    (path, text) => Promise.resolve().then(() => writeBytesFileSync(path, Buffer.from(`${text}\n`))),
  ],
]

describe.each(WAYS)('%s', (way, write) => {
  const name = (base: string): string => folder.path(`${way}-${base}`)
  const file = (base: string, text = 'old'): string => folder.write(`${way}-${base}`, text)

  it('writes the file behind links, and the links stay', async () => {
    const target = file('real.csv')
    fs.symlinkSync(target, name('one.csv'))
    fs.symlinkSync(`./${way}-one.csv`, name('two.csv'))
    await write(name('two.csv'), 'new')
    expect(fs.readFileSync(target, 'utf8')).toBe('new\n')
    for (const link of ['one.csv', 'two.csv']) expect(fs.lstatSync(name(link)).isSymbolicLink()).toBe(true)
    expect(leftovers()).toEqual([])
  })

  it('makes what a dangling link leads to, beside itself or in another folder', async () => {
    fs.mkdirSync(name('folder/inner'), { recursive: true })
    fs.symlinkSync(`${way}-nowhere.csv`, name('dangling.csv'))
    fs.symlinkSync('../made.csv', name('folder/inner/link.csv'))
    fs.symlinkSync(name('folder/inner'), name('short'))
    await write(name('dangling.csv'), 'new')
    await write(`${name('short')}/link.csv`, 'new')
    for (const made of ['nowhere.csv', 'folder/made.csv']) expect(fs.readFileSync(name(made), 'utf8')).toBe('new\n')
    expect(fs.lstatSync(name('folder/inner/link.csv')).isSymbolicLink()).toBe(true)
    fs.symlinkSync('no/such/folder.csv', name('lost.csv'))
    await expect(write(name('lost.csv'), 'new')).rejects.toThrow(failed('ENOENT'))
    fs.symlinkSync(`${way}-b.csv`, name('a.csv'))
    fs.symlinkSync(`${way}-a.csv`, name('b.csv'))
    await expect(write(name('a.csv'), 'new')).rejects.toThrow(failed('ELOOP'))
    fs.symlinkSync(name('folder'), name('to-folder.csv'))
    await expect(write(name('to-folder.csv'), 'new')).rejects.toThrow(failed('EISDIR'))
    await expect(write(`${name('new')}/`, 'new')).rejects.toThrow(failed('EISDIR'))
  })

  it.each([0o600, 0o640, 0o777, 0o444])('keeps mode %i of the file that was there', async (mode) => {
    const path = file(`mode-${mode}.csv`)
    fs.chmodSync(path, mode)
    if (mode === 0o444 && !isRoot) await expect(write(path, 'new')).rejects.toThrow(failed('EACCES'))
    else {
      await write(path, 'new')
      expect(fs.readFileSync(path, 'utf8')).toBe('new\n')
    }
    expect(modeOf(path)).toBe(mode.toString(8))
  })

  it('makes new files as everybody does', async () => {
    fs.writeFileSync(name('usual'), '')
    await write(name('new'), 'new')
    expect(modeOf(name('new'))).toBe(modeOf(name('usual')))
  })

  it.skipIf(!isRoot)('keeps the owner (needs root)', async () => {
    const path = file('owned.csv')
    fs.chownSync(path, 1234, 2345)
    await write(path, 'new')
    expect(fs.statSync(path)).toMatchObject({ uid: 1234, gid: 2345 })
  })

  it('stays the file that it is where the owner cannot be kept', async () => {
    const path = file('foreign.csv')
    const { ino } = fs.statSync(path)
    const stat = ((...args: Parameters<typeof fs.statSync>) => {
      const found = real.statSync(...args)
      return String(args[0]).endsWith('foreign.csv') ? Object.assign(found as fs.Stats, { uid: 1234 }) : found
    }) as typeof fs.statSync
    vi.mocked(fs.statSync).mockImplementation(stat)
    vi.mocked(fs.chownSync).mockImplementation(() => {
      throw Object.assign(new Error('EPERM'), { code: 'EPERM' })
    })
    await write(path, 'new')
    expect([fs.readFileSync(path, 'utf8'), fs.statSync(path).ino]).toEqual(['new\n', ino])
  })

  it.each(['a longer text than the old one', 'short'])('keeps all names of a file: %s', async (text) => {
    const path = file('first.csv', 'the old text of it')
    fs.rmSync(name('second.csv'), { force: true })
    fs.linkSync(path, name('second.csv'))
    await write(path, text)
    expect(fs.readFileSync(name('second.csv'), 'utf8')).toBe(`${text}\n`)
    expect(fs.statSync(path).ino).toBe(fs.statSync(name('second.csv')).ino)
    expect(leftovers()).toEqual([])
  })

  it('takes names as long as the system does', async () => {
    const path = folder.path(way.padEnd(250, 'x'))
    await write(path, 'new')
    expect(fs.readFileSync(path, 'utf8')).toBe('new\n')
    await expect(write(folder.path('x'.repeat(300)), 'new')).rejects.toThrow(failed('ENAMETOOLONG'))
  })

  it('is whole whoever else writes it', async () => {
    const path = name('shared.csv')
    const texts = Array.from({ length: 8 }, (_, n) => String(n).repeat(100_000 + n))
    await Promise.all(texts.map((text) => write(path, text)))
    expect(texts.map((text) => `${text}\n`)).toContain(fs.readFileSync(path, 'utf8'))
    expect(leftovers()).toEqual([])
  })

  it.skipIf(process.platform === 'win32')('writes into a pipe (needs mkfifo)', async () => {
    const path = name('pipe')
    execFileSync('mkfifo', [path])
    const reader = spawn('cat', [path])
    let got = ''
    reader.stdout.on('data', (chunk) => (got += String(chunk)))
    const end = new Promise((resolve) => reader.once('close', resolve))
    await write(path, 'new')
    await end
    expect(got).toBe('new\n')
    expect(fs.statSync(path).isFIFO()).toBe(true)
  })

  it.skipIf(!fs.existsSync('/dev/fd/0'))('writes where an open file stands (needs /dev/fd)', async () => {
    const path = file('open.txt', 'before\n')
    const descriptor = fs.openSync(path, 'a')
    fs.symlinkSync(`/dev/fd/${descriptor}`, name('stdout'))
    await write(name('stdout'), 'new')
    fs.writeSync(descriptor, 'after\n')
    fs.closeSync(descriptor)
    expect(fs.readFileSync(path, 'utf8')).toBe('before\nnew\nafter\n')
    expect(fs.lstatSync(name('stdout')).isSymbolicLink()).toBe(true)
    await expect(write('/dev/fd/987', 'new')).rejects.toThrow(failed('EBADF'))
  })

  it.skipIf(!isRoot || spawnSync('mount', ['--version']).status !== 0)(
    'says that the disk is full and leaves what was there (needs root and tmpfs)',
    async () => {
      const disk = name('disk')
      fs.mkdirSync(disk)
      if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]).status !== 0) return
      try {
        fs.writeFileSync(`${disk}/a.txt`, 'old')
        fs.writeFileSync(`${disk}/b.txt`, 'old')
        fs.linkSync(`${disk}/b.txt`, `${disk}/c.txt`)
        for (const at of ['a.txt', 'b.txt', 'new.txt']) {
          const system = expect(write(`${disk}/${at}`, 'x'.repeat(1e6))).rejects
          await system.toThrow(failed('ENOSPC'))
        }
        // It fits beside the old one, and not over it.
        await expect(write(`${disk}/b.txt`, 'x'.repeat(45_000))).rejects.toThrow(failed('ENOSPC'))
        for (const at of ['a.txt', 'b.txt', 'c.txt']) expect(fs.readFileSync(`${disk}/${at}`, 'utf8')).toBe('old')
        expect(fs.readdirSync(disk).sort()).toEqual(['a.txt', 'b.txt', 'c.txt'])
      } finally {
        spawnSync('umount', [disk])
      }
    },
  )
})

describe('writeTextFile to a disk that gets full', () => {
  /** The next file takes so many bytes. */
  function fillAfter(bytes: number): void {
    vi.mocked(fs.createWriteStream).mockImplementation((path) => {
      fs.writeFileSync(path, 'half')
      let left = bytes
      const write: Writable['_write'] = (chunk: Buffer, _, done) => {
        left -= chunk.length
        done(left < 0 ? Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }) : null)
      }
      return new Writable({ write }) as fs.WriteStream
    })
  }

  it.each(['full.txt', 'full.txt.gz'])('says so, closes the lines and leaves nothing: %s', async (name) => {
    const path = folder.path(name)
    let open = 0
    function* lines(): Generator<string> {
      try {
        for (open = 1; ;) yield Math.random().toString(36).repeat(9)
      } finally {
        open = 0
      }
    }
    async function* later(): AsyncGenerator<string> {
      yield* lines()
    }
    for (const source of [lines(), later()]) {
      fillAfter(300_000)
      await expect(writeTextFile(path, source)).rejects.toThrow(failed('ENOSPC'))
      expect(open).toBe(0)
    }
    expect(fs.existsSync(path)).toBe(false)
    expect(leftovers()).toEqual([])
  })

  it('closes lines that were never asked for, and says what became of the file when they cannot be closed', async () => {
    const back = vi.fn(() => {
      throw new Error('not now')
    })
    const lines = { [Symbol.iterator]: () => ({ next: () => ({ value: 'x'.repeat(99), done: false }), return: back }) }
    await expect(writeTextFile(folder.path('no/where.txt'), lines as Iterable<string>)).rejects.toThrow(
      failed('ENOENT'),
    )
    fillAfter(100_000)
    await expect(writeTextFile(folder.path('full.txt'), lines as Iterable<string>)).rejects.toThrow(failed('ENOSPC'))
    expect(back).toHaveBeenCalledTimes(2)
  })

  it('packs into a pipe of its own', async () => {
    const path = folder.path('plain.gz')
    const descriptor = fs.openSync(path, 'w')
    fs.symlinkSync(`/dev/fd/${descriptor}`, folder.path('stdout.gz'))
    await writeTextFile(folder.path('stdout.gz'), ['packed'])
    fs.closeSync(descriptor)
    expect(gunzipSync(fs.readFileSync(path)).toString()).toBe('packed\n')
  })
})
