import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { built } from '../build.ts'
import { filesBelow, root } from '../house/sources.ts'

interface ConsoleBlock {
  readonly page: string
  /** What follows `npm run -s rivulet --`. */
  readonly args: string[]
  readonly output: string
}

/** The `console` blocks of README.md and docs/ that show the command and what it prints. */
function consoleBlocks(): ConsoleBlock[] {
  const pages = ['README.md', ...filesBelow('docs').filter((path) => path.endsWith('.md'))]
  return pages.flatMap((page) =>
    [
      ...readFileSync(join(root, page), 'utf8').matchAll(
        /^```console\n\$ npm run -s rivulet -- (.*)\n([\s\S]*?)^```$/gm,
      ),
    ].map(([, command, output]) => ({ page, args: command.split(' '), output })),
  )
}

describe('the commands shown in README.md and docs/', () => {
  const blocks = consoleBlocks()

  it('are found', () => expect(blocks.length).toBeGreaterThanOrEqual(2))

  it.each(blocks)('$page: rivulet $args prints what stands there', async ({ args, output }) => {
    const { stdout } = await promisify(execFile)(process.execPath, [built('src/cli/main.ts'), ...args], { cwd: root })
    expect(stdout).toBe(output)
  })
})
