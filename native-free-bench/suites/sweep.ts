import { type BlockWidth, type PreparedNetwork, prepareNetwork } from '../../src/advanced.ts'
import { describeGraph, GRAPHS } from '../data/graphs.ts'
import { sweepRivals } from '../rivals/sweep-rivals.ts'
import { distance } from '../timing/agree.ts'
import { race } from '../timing/race.ts'
import type { Contestant, Ours } from '../timing/race.ts'
import { ourSweep, sweepInput } from './our-sweep.ts'
import type { SweepInput } from './our-sweep.ts'
import type { Bench, Suite } from './suite.ts'

/** float32 sums of some thousand terms in another order. */
const TOLERANCE = 1e-4
/** The reference kernel rounds after every operation: on larger graphs it would take most of the time. */
const MOST_PAIRS_FOR_REFERENCE = 2_000_000

/** One sweep user -> item -> user over one thread: acc = W' (middle o (W z)), against scipy, C, and loops in JavaScript. */
export const sweepSuite: Suite = {
  about: 'one sweep, one thread, 16 columns and 1: against a plain and an unrolled loop, C and scipy',
  run: async (bench) => {
    for (const { name, load } of GRAPHS[bench.size]) {
      const pairs = await load()
      if (pairs === null) {
        bench.report.skip(`sweep on ${name}: not below RIVULET_DATA`)
        continue
      }
      const prepared = prepareNetwork('sweep', pairs, false, Infinity)
      for (const width of [16, 1] as const) await sweepOn(bench, describeGraph(name, pairs), prepared, width)
    }
  },
}

async function sweepOn(bench: Bench, graph: string, prepared: PreparedNetwork, width: BlockWidth): Promise<void> {
  const { report, tools, folder, size, raceOptions } = bench
  const task = `${width} column${width === 1 ? '' : 's'}`
  const input = sweepInput(prepared, width)
  const ours = ourContestant(prepared, width, input)
  const expected = Float32Array.from(ours.answer())
  checkReference(bench, `sweep on ${graph}, ${task}`, prepared, width, input, expected)
  const { contestants, processes } = await sweepRivals(prepared, width, input, tools, folder)
  try {
    const agreeing: Contestant[] = []
    for (const rival of contestants) {
      const apart = distance(expected, await rival.answer())
      if (report.expect(`sweep on ${graph}, ${task}, ${rival.name}`, apart, TOLERANCE)) agreeing.push(rival)
    }
    const laps = await race([ours, ...agreeing], raceOptions)
    const scipy = width === 16 ? (size === 'large' ? 5 : 6) : 1
    report.race({
      suite: 'sweep',
      graph,
      task,
      laps,
      work: { amount: prepared.rows.nnz * width, unit: 'pairs x columns' },
      goals: width === 16 ? { scipy, C: 1 } : { scipy },
    })
  } finally {
    for (const process of processes) process.close()
  }
}

function ourContestant(prepared: PreparedNetwork, width: BlockWidth, input: SweepInput): Ours<Float32Array> {
  const { sweep, result } = ourSweep(prepared, 'wasm-simd', width, input)
  return { name: 'rivulet', run: sweep, answer: () => (sweep(), result()) }
}

/** The two kernels give the same bits. */
function checkReference(
  { report }: Bench,
  what: string,
  prepared: PreparedNetwork,
  width: BlockWidth,
  input: SweepInput,
  expected: Float32Array,
): void {
  if (prepared.rows.nnz > MOST_PAIRS_FOR_REFERENCE) return
  const { sweep, result } = ourSweep(prepared, 'typescript', width, input)
  sweep()
  report.expect(`${what}, TypeScript kernel`, distance(expected, result()), 0)
}
