/** A lock among all programs that write a file: a file next to it that exists while one is writing. */
import { randomBytes } from 'node:crypto'
import { readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'

/** A lock that does not change for this long is stale: locked work takes milliseconds. */
const STALE_MS = 5000
const PAUSE_MS = 2
/** Longer than it takes to remove a few stale locks. */
const PATIENCE_MS = 4 * STALE_MS

/**
 * Runs work while no other program holds the lock of a file. Waits for others; the lock of a dead program is removed.
 *
 * @param path an existing file
 * @throws {Error} if no lock can be created beside it, or others hold the lock for 20 seconds
 */
export function withFileLock<Result>(path: string, work: () => Result): Result {
  const lock = `${realpathSync(path)}.lock`
  const own = `${process.pid} ${hostname()} ${randomBytes(6).toString('hex')}`
  let other = ''
  const began = performance.now()
  let since = began
  while (!take(lock, own)) {
    if (performance.now() - began > PATIENCE_MS)
      throw new Error(`${lock} still exists: remove it if no process is writing`)
    const holder = readOrNull(lock)
    if (holder !== other) {
      other = holder ?? ''
      since = performance.now()
    }
    if (holder !== null && (isDead(holder) || performance.now() - since > STALE_MS)) removeStale(lock, holder)
    else pause(PAUSE_MS)
  }
  try {
    return work()
  } finally {
    if (readOrNull(lock) === own) rmSync(lock, { force: true })
  }
}

function take(lock: string, own: string): boolean {
  try {
    writeFileSync(lock, own, { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Removes a stale lock. If another program has replaced it meanwhile, the new lock is put back. */
function removeStale(lock: string, holder: string): void {
  const aside = `${lock}-${randomBytes(6).toString('hex')}`
  try {
    renameSync(lock, aside)
    if (readOrNull(aside) === holder) rmSync(aside, { force: true })
    else renameSync(aside, lock)
  } catch {
    // Another program has removed it.
  }
}

/** Whether the holder is a dead process of this machine; nothing is known of other machines. */
function isDead(holder: string): boolean {
  const [pid, host] = holder.split(' ')
  if (host !== hostname() || !/^\d+$/.test(pid)) return false
  try {
    process.kill(Number(pid), 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
}
