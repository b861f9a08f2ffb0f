/** A temporary file that replaces its target when it is complete. */
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
  /** Path of the temporary file, which the caller creates. */
  readonly path: string
  /** Mode of the temporary file; private if the target exists, whose mode may be. */
  readonly mode: number
  readonly #target: string

  /** @throws {NodeJS.ErrnoException} EACCES if the target exists and cannot be written. */
  constructor(target: string, isThere: boolean) {
    if (isThere) accessSync(target, constants.W_OK)
    this.#target = target
    // Short, so that any name that fits a folder can be written.
    this.path = join(dirname(target), `.rivulet.tmp-${randomBytes(6).toString('hex')}`)
    this.mode = isThere ? 0o600 : 0o666
  }

  /**
   * Replaces the target, keeping its mode and owner. A target with several hard links, or with an owner that cannot be given to a new file, is overwritten in
   * place instead; an interruption may leave it incomplete.
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

  /** Removes the temporary file, if it still exists. */
  discard(): void {
    try {
      rmSync(this.path, { force: true })
    } catch {
      // The caller reports why the draft was discarded.
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

/** Copies what extends the target first, so that a full disk leaves the old content. */
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
