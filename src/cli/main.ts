#!/usr/bin/env node
import { constants } from 'node:os'
import { once } from 'node:events'
import { runCommand } from './program.ts'
import { Interruption, type Terminal } from './terminal.ts'

const controller = new AbortController()

// Heard once: a second ^C ends the process at once, as everywhere.
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.once(name, () => controller.abort(new Interruption(constants.signals[name])))
}

const { stdout, stderr } = process

// A reader such as `head` that has seen enough is no failure.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') stderr.write(`rivulet: the standard output cannot be written: ${error.message}\n`)
  process.exit(error.code === 'EPIPE' ? 0 : 1)
})
stderr.on('error', () => undefined)

const terminal: Terminal = {
  async print(text) {
    if (!stdout.write(text)) await once(stdout, 'drain')
  },
  warn: (text) => void stderr.write(text),
  bars: stderr.isTTY ? stderr : null,
  signal: controller.signal,
}

process.exitCode = await runCommand(process.argv.slice(2), terminal)
// A file that is still being read would keep the process alive.
if (controller.signal.aborted) process.exit()
