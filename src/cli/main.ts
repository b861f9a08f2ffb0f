#!/usr/bin/env node
import { constants } from 'node:os'
import { once } from 'node:events'
import { runCommand } from './program.ts'
import { Interruption, type Terminal } from './terminal.ts'

const controller = new AbortController()

const INTERRUPTIONS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const

// Only the first is handled. After it the system's own handling is back, which needs no event loop: a second one of any kind ends the process at once.
function interrupt(name: (typeof INTERRUPTIONS)[number]): void {
  for (const one of INTERRUPTIONS) process.removeAllListeners(one)
  controller.abort(new Interruption(constants.signals[name]))
}
for (const name of INTERRUPTIONS) process.once(name, interrupt)

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
