/** `npm run bench -- --suite NAME --size SIZE --json FILE`: measures, compares, prints, records. Exits 1 only when an answer is wrong. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command, Option } from 'commander'
import { SIZES, type Size } from './data/graphs.ts'
import { SET_NAMES, type SetName } from './data/splits.ts'
import { TIMED_NAMES, type TimedName } from './data/timed-sets.ts'
import { writeRecord } from './report/record.ts'
import { Report } from './report/report.ts'
import { findTools, NO_TOOLS } from './rivals/tools.ts'
import { accuracySuite } from './suites/accuracy.ts'
import { buildSuite } from './suites/build.ts'
import { compileSuite } from './suites/compile.ts'
import { embedSuite } from './suites/embed.ts'
import { ideasSuite } from './suites/ideas.ts'
import { memorySuite } from './suites/memory.ts'
import { orderSuite } from './suites/order.ts'
import { propagateSuite } from './suites/propagate.ts'
import { rankAllSuite } from './suites/rank-all.ts'
import { readSuite } from './suites/read.ts'
import { recommendSuite } from './suites/recommend.ts'
import { relationsSuite } from './suites/relations.ts'
import { semiSuite } from './suites/semi.ts'
import { sparseUsersSuite } from './suites/sparse-users.ts'
import { EMBED_NAMES, STUDY_NAMES } from './suites/suite.ts'
import type { EmbedName, StudyName, Suite } from './suites/suite.ts'
import { sweepSuite } from './suites/sweep.ts'
import { tablesSuite } from './suites/tables.ts'
import { threadsSuite } from './suites/threads.ts'
import { tuneSuite } from './suites/tune.ts'
import { timeSuite } from './suites/time.ts'
import { topKSuite } from './suites/top-k.ts'

/** In the order in which `all` runs them. */
const SUITES: Readonly<Record<string, Suite>> = {
  sweep: sweepSuite,
  threads: threadsSuite,
  order: orderSuite,
  build: buildSuite,
  memory: memorySuite,
  read: readSuite,
  'top-k': topKSuite,
  recommend: recommendSuite,
  'rank-all': rankAllSuite,
  propagate: propagateSuite,
  tables: tablesSuite,
  tune: tuneSuite,
  accuracy: accuracySuite,
  compile: compileSuite,
  'sparse-users': sparseUsersSuite,
  time: timeSuite,
  embed: embedSuite,
  semi: semiSuite,
  relations: relationsSuite,
  ideas: ideasSuite,
}

interface Arguments {
  readonly suite: string
  readonly size: Size
  readonly set?: readonly (SetName | TimedName | StudyName | EmbedName)[]
  readonly recipe?: readonly string[]
  readonly json?: string
  readonly rivals: 'auto' | 'javascript' | 'all'
}

const list = Object.entries(SUITES).map(([name, { about }]) => `  ${name.padEnd(12)} ${about}`)

const command = new Command('bench')
  .description('Measures rivulet against its rivals. Every rival must give our answer before it is timed.')
  .addOption(new Option('--suite <name>', 'what to measure').choices([...Object.keys(SUITES), 'all']).default('all'))
  .addOption(new Option('--size <size>', 'smoke checks answers only').choices(SIZES).default('smoke'))
  .addOption(
    new Option('--set <name...>', 'tune, accuracy, compile, sparse-users, time, semi, embed: only these sets').choices([
      ...SET_NAMES,
      ...TIMED_NAMES.filter((name) => !STUDY_NAMES.includes(name as StudyName)),
      ...STUDY_NAMES,
      ...EMBED_NAMES,
    ]),
  )
  .addOption(
    new Option('--recipe <text...>', 'accuracy: only rows whose label contains one of these; tune: only these methods'),
  )
  .addOption(new Option('--json <file>', 'write the record there'))
  .addOption(
    new Option('--rivals <which>', 'auto: at smoke size javascript, otherwise all that are found')
      .choices(['auto', 'javascript', 'all'])
      .default('auto'),
  )
  .addHelpText('after', `\nSuites:\n${list.join('\n')}`)
  .parse()

const { suite, size, set, recipe: labels, json, rivals } = command.opts<Arguments>()
const sets = set?.filter((name): name is SetName => SET_NAMES.includes(name as SetName))
const studies = set?.filter((name): name is StudyName => STUDY_NAMES.includes(name as StudyName))
const timed = set?.filter((name): name is TimedName => TIMED_NAMES.includes(name as TimedName))
const pieces = set?.filter((name): name is EmbedName => EMBED_NAMES.includes(name as EmbedName))
const wantsAll = rivals === 'all' || (rivals === 'auto' && size !== 'smoke')
const tools = wantsAll ? await findTools() : NO_TOOLS
const report = new Report((text) => console.log(text), size !== 'smoke')
const folder = await mkdtemp(join(tmpdir(), 'rivulet-bench-'))
const results = size === 'smoke' ? folder : fileURLToPath(new URL('results/', import.meta.url))
const raceOptions =
  size === 'smoke' ? { atLeast: 1, atMost: 1 } : size === 'large' ? { budgetMs: 20_000, atLeast: 5 } : {}

try {
  for (const name of suite === 'all' ? Object.keys(SUITES) : [suite]) {
    await SUITES[name].run({ size, tools, report, folder, results, sets, timed, studies, pieces, labels, raceOptions })
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}

if (json !== undefined) await writeRecord(json, report, tools, { suite, size })
const missed = report.entries
  .flatMap(({ figures }) => figures)
  .filter(({ value, atLeast = -Infinity, atMost = Infinity }) => !(value >= atLeast && value <= atMost))
console.log(
  `${report.failures.length} wrong answers, ${missed.length} figures missed, ${report.skipped.length} skipped`,
)
for (const failure of report.failures) console.log(`wrong: ${failure}`)
if (report.failures.length > 0) process.exitCode = 1
