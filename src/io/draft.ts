/** A file on its way to be whole: written beside the one that it will replace. */
import { randomBytes } from 'node:crypto'
import {
  accessSync,
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
  type Stats,
} from 'node:fs'
import { dirname, join } from 'node:path'

const BLOCK_BYTES = 1024 * 1024

export class Draft {
  /** Where to write; nothing is there yet. */
  readonly path: string
  /** Of the file when it is made: no secret is open to others while it is written. */
  readonly mode: number
  readonly #target: string

  /** @throws {NodeJS.ErrnoException} EACCES when the file there is not to be written. */
  constructor(target: string, isThere: boolean) {
    if (isThere) accessSync(target, constants.W_OK)
    this.#target = target
    // Short, so that any name that fits a folder can be written.
    this.path = join(dirname(target), `.rivulet.tmp-${randomBytes(6).toString('hex')}`)
    this.mode = isThere ? 0o600 : 0o666
  }

  /**
   * Puts what was written in its place, with the mode and owner of the file that was there. A file of several names, or of an owner whose files we may write and
   * not make, stays the file that it is and gets the bytes: for a moment it is neither the old nor the new one.
   */
  settle(): void {
    const found = statSync(this.#target, { throwIfNoEntry: false })
    if (found !== undefined && (found.nlink > 1 || !takeOwner(this.path, found))) {
      copyInto(this.path, this.#target)
      this.discard()
      return
    }
    if (found !== undefined) chmodSync(this.path, found.mode & 0o7777)
    renameSync(this.path, this.#target)
  }

  /** Removes what was written, if it still is where it was written. */
  discard(): void {
    try {
      rmSync(this.path, { force: true })
    } catch {
      // Why there is nothing to keep is told by who gave it up.
    }
  }
}

/** @returns whether it was possible. */
function takeOwner(path: string, { uid, gid }: Stats): boolean {
  const own = statSync(path)
  if (own.uid === uid && own.gid === gid) return true
  try {
    chownSync(path, uid, gid)
    return true
  } catch {
    return false
  }
}

/** What is new at the end comes first: a disk that is full for it leaves the old file as it was. */
function copyInto(from: string, to: string): void {
  const source = openSync(from, 'r')
  try {
    const target = openSync(to, 'r+')
    try {
      const [size, before] = [fstatSync(source).size, fstatSync(target).size]
      try {
        copyRange(source, target, before, size)
      } catch (error) {
        ftruncateSync(target, before)
        throw error
      }
      copyRange(source, target, 0, Math.min(before, size))
      ftruncateSync(target, size)
      fsyncSync(target)
    } finally {
      closeSync(target)
    }
  } finally {
    closeSync(source)
  }
}

function copyRange(source: number, target: number, from: number, to: number): void {
  const block = Buffer.allocUnsafe(BLOCK_BYTES)
  for (let at = from; at < to;) {
    const read = readSync(source, block, 0, Math.min(BLOCK_BYTES, to - at), at)
    if (read === 0) return
    for (let done = 0; done < read;) done += writeSync(target, block, done, read - done, at + done)
    at += read
  }
}
