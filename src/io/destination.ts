/** What the path of an output means: which file stands behind links, and what is written into as it goes. */
import { lstatSync, readlinkSync, realpathSync, statSync, write } from 'node:fs'
import { basename, dirname, isAbsolute, join } from 'node:path'
import { Writable } from 'node:stream'

export type Destination =
  /** A file, there or not: replaced when everything is written. */
  | { readonly kind: 'file'; readonly path: string; readonly isThere: boolean }
  /** A pipe or a device: written into. */
  | { readonly kind: 'device'; readonly path: string }
  /** A file, pipe or device that the process has open already, as /dev/stdout: written into where it stands. */
  | { readonly kind: 'descriptor'; readonly descriptor: number }

/** As many as Linux follows. */
const MOST_LINKS = 40

/** @throws {NodeJS.ErrnoException} ENOENT for a missing folder, ENOTDIR, EISDIR, ELOOP, EACCES */
export function findDestination(given: string): Destination {
  if (/[/\\]$/.test(given)) throw systemError('EISDIR')
  let path = given
  for (let links = 0; links < MOST_LINKS; links++) {
    // Links in the folder are followed by the system; the last one by hand, because what it leads to need not be there.
    path = join(realpathSync(dirname(path)), basename(path))
    const descriptor = ownDescriptor(path)
    if (descriptor !== null) return { kind: 'descriptor', descriptor }
    const link = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true && !path.startsWith('/proc/')
    if (!link) return kindOf(path)
    const target = readlinkSync(path)
    path = isAbsolute(target) ? target : join(dirname(path), target)
  }
  throw systemError('ELOOP')
}

function kindOf(path: string): Destination {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found?.isDirectory() === true) throw systemError('EISDIR')
  // Descriptors of other processes stand in /proc: nothing can be put in their place.
  if (found !== undefined && (!found.isFile() || path.startsWith('/proc/'))) return { kind: 'device', path }
  return { kind: 'file', path, isThere: found !== undefined }
}

/** The number of a path as /dev/fd/1, which /dev/stdout leads to; `null` of any other. */
function ownDescriptor(path: string): number | null {
  const number = /^\d+$/.test(basename(path)) ? Number(basename(path)) : null
  return number !== null && ['/dev/fd', '/proc/self/fd'].some((folder) => realOrNull(folder) === dirname(path))
    ? number
    : null
}

function realOrNull(path: string): string | null {
  try {
    return realpathSync(path)
  } catch {
    return null
  }
}

function systemError(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code })
}

/** How long a pipe that is full is left alone. */
const PAUSE_MS = 5

/** Writes into something that is open already, wherever it stands, and leaves it open. */
export class DescriptorSink extends Writable {
  readonly #descriptor: number

  constructor(descriptor: number) {
    super({ decodeStrings: true })
    this.#descriptor = descriptor
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    write(this.#descriptor, chunk, (error, written) => {
      const rest = chunk.subarray(error === null ? written : 0)
      // A pipe of ours may be one that does not wait for its reader.
      if (error?.code === 'EAGAIN') setTimeout(() => this._write(rest, _encoding, done), PAUSE_MS)
      else if (error === null && rest.length > 0) this._write(rest, _encoding, done)
      else done(error)
    })
  }
}
