/** Resolves the path of an output: the file behind links, or a pipe, device or descriptor to write to directly. */
import { lstatSync, readlinkSync, realpathSync, statSync, write } from 'node:fs'
import { basename, dirname, isAbsolute, join } from 'node:path'
import { Writable } from 'node:stream'

export type Destination =
  /** A file, existing or not: replaced when everything is written. */
  | { readonly kind: 'file'; readonly path: string; readonly isThere: boolean }
  /** A pipe or a device: written to directly. */
  | { readonly kind: 'device'; readonly path: string }
  /** A file, pipe or device that the process has open, as /dev/stdout: written at its current position. */
  | { readonly kind: 'descriptor'; readonly descriptor: number }

/** Limit of Linux. */
const MOST_LINKS = 40

/** @throws {NodeJS.ErrnoException} ENOENT for a missing folder, ENOTDIR, EISDIR, ELOOP, EACCES */
export function findDestination(given: string): Destination {
  if (/[/\\]$/.test(given)) throw systemError('EISDIR')
  let path = given
  for (let links = 0; links < MOST_LINKS; links++) {
    // The system follows links in the folder; the last one is followed here, because its target may not exist.
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
  // Descriptors of other processes in /proc cannot be replaced.
  if (found !== undefined && (!found.isFile() || path.startsWith('/proc/'))) return { kind: 'device', path }
  return { kind: 'file', path, isThere: found !== undefined }
}

/** The number in a path such as /dev/fd/1, to which /dev/stdout links; `null` for any other path. */
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

/** Time before writing to a full pipe again. */
const PAUSE_MS = 5

/** Writes to an open descriptor at its current position, and leaves it open. */
export class DescriptorSink extends Writable {
  readonly #descriptor: number

  constructor(descriptor: number) {
    super({ decodeStrings: true })
    this.#descriptor = descriptor
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    write(this.#descriptor, chunk, (error, written) => {
      const rest = chunk.subarray(error === null ? written : 0)
      // The pipe may be non-blocking.
      if (error?.code === 'EAGAIN') setTimeout(() => this._write(rest, _encoding, done), PAUSE_MS)
      else if (error === null && rest.length > 0) this._write(rest, _encoding, done)
      else done(error)
    })
  }
}
