import { openTrialLog, writeTextFile, type OptionsSearch, type Tuning } from '../index.ts'
import { readNumber } from './argument-values.ts'
import { define, jsonFlag } from './command.ts'
import { tellTuning } from './expectation.ts'
import { text, value, withFallback } from './flags.ts'
import { settleSignals } from './signal-argument.ts'
import { ENGINE_FLAGS, openEngine, READING_FLAGS, readTable } from './source.ts'
import { withProgress } from './terminal.ts'
import { askTune, TUNE_FLAGS } from './tune-arguments.ts'
import { tuningLines } from './tuning-lines.ts'

export const TUNE = define({
  name: 'tune',
  what: 'search for the best options, recipe, signal weights or balance, by held-out data',
  flags: {
    ...TUNE_FLAGS,
    validation: text('<file>', 'interactions on which candidates are scored; must not be in FILE'),
    log: text('<file>', 'log every trial, one per line; an interrupted run resumes from it'),
    out: text('<file>', 'write the best options, for --options; written completely or not at all'),
    top: withFallback(value('<n>', 'trials to show', readNumber), 10),
    json: jsonFlag('best, trials, gain ..., elapsedMs'),
    ...ENGINE_FLAGS,
    ...READING_FLAGS,
  },
  async run(file, given, stage) {
    const { out } = given
    if (given.validation !== undefined && given.split !== undefined)
      stage.refuse('expected either --validation or --split')
    const asked = askTune(given)
    const table = await readTable(file, given, stage)
    const validation = given.validation === undefined ? given.split : await readTable(given.validation, given, stage)
    const settled = settleSignals(table, given, stage)
    const { signals, ...reading } = settled
    // The rules of signals are an option of these searches, not of the engine.
    const ofSearch = given.search === 'signals' || given.search === 'balance'
    await using engine = await openEngine(table, ofSearch ? { ...reading, signals: undefined } : settled, stage)
    using log = given.log === undefined ? undefined : openTrialLog(given.log)
    const options = { ...asked, validation, log, ...(ofSearch && signals && { signals }) } as OptionsSearch
    const seconds = given.search === 'recipe' ? tellTuning(engine, options, stage) : undefined
    const tuning: Tuning = await withProgress(
      'Tuning',
      stage,
      (watch) => engine.tune(options, watch),
      'trials',
      seconds,
    )
    const elapsedMs = stage.elapsedMs()
    // Written even if printing fails, and printed before writing can fail: the result is not lost either way.
    try {
      await stage.show(
        () => ({ ...tuning, elapsedMs }),
        () => tuningLines(tuning, given.top),
      )
    } finally {
      if (out !== undefined) await writeTextFile(out, JSON.stringify(tuning.best, null, 2).split('\n'))
    }
  },
})
