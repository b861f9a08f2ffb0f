/** What a command writes is never what it reads: the source would be gone before anybody saw the result. */
import { statSync } from 'node:fs'
import type { Command } from 'commander'

/** Wrong usage where --out names a file that an argument or another option names too, by whatever path or link; told before anything is read. */
export function requireOwnOutput(command: Command): void {
  const { out, ...others } = command.opts<Record<string, unknown>>()
  const written = fileOf(out)
  if (written === null) return
  const read = [...command.args, ...Object.values(others).flat()].find((given) => fileOf(given) === written)
  if (read !== undefined) command.error(`error: --out ${String(out)} is read too: name another file`)
}

/** What tells a file on this machine, links followed; null for what is no file (a pipe or a device may stand for both sides). */
function fileOf(path: unknown): string | null {
  if (typeof path !== 'string') return null
  try {
    const found = statSync(path, { bigint: true, throwIfNoEntry: false })
    return found?.isFile() === true ? `${found.dev} ${found.ino}` : null
  } catch {
    return null
  }
}
