import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CsrMatrix, type PreparedNetwork } from '../../src/advanced.ts'
import type { SweepInput } from '../suites/our-sweep.ts'
import type { Contestant } from '../timing/race.ts'
import { plainSweep, plainSweepOfOne } from './plain-loop.ts'
import { answerOf, RivalProcess } from './rival-process.ts'
import { compile } from './tools.ts'
import type { Tools } from './tools.ts'
import { unrolledSweep, unrolledSweepOfOne } from './unrolled-loop.ts'

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/** Contestants, and the processes some of them run in, to be closed. */
export interface Rivals {
  readonly contestants: readonly Contestant[]
  readonly processes: readonly RivalProcess[]
}

/** Everybody who can run this sweep on this machine: the loops in JavaScript always, C and scipy when their tools are found. */
export async function sweepRivals(
  prepared: PreparedNetwork,
  width: number,
  input: SweepInput,
  tools: Tools,
  folder: string,
): Promise<Rivals> {
  const contestants = loops(prepared, width, input)
  const processes: RivalProcess[] = []
  if (tools.compiler !== null || tools.packages['scipy'] !== undefined) await writeInput(prepared, input, folder)
  // gcc 12 unrolls the loop over columns at -O3 before it could vectorise it, and vectorises it at -O2: both are what "plain C" may mean.
  for (const optimization of ['-O3', '-O2'] as const) {
    if (tools.compiler === null) break
    const output = join(folder, `sweep-${width}${optimization}`)
    const program = await compile(tools.compiler, here('sweep.c'), output, optimization, { COLUMNS: width })
    const c = new RivalProcess(program, [folder, 'z'])
    processes.push(c)
    for (const question of ['fused', 'pair']) {
      contestants.push({
        name: `C ${optimization} ${question}`,
        run: () => c.time(question),
        answer: () => answerOf(c, question, folder),
      })
    }
  }
  if (tools.python !== null && tools.packages['scipy'] !== undefined) {
    const scipy = new RivalProcess(tools.python, [here('sweep.py'), folder, 'z', String(width)])
    processes.push(scipy)
    contestants.push({
      name: `scipy ${tools.packages['scipy']}`,
      run: () => scipy.time('pair'),
      answer: () => answerOf(scipy, 'pair', folder),
    })
  }
  return { contestants, processes }
}

function loops({ rows: matrix }: PreparedNetwork, width: number, { middle, z }: SweepInput): Contestant[] {
  // Arrays of its own, not shared ones: those are slower in V8, and nobody would choose them.
  const { columnCount, indptr, indices } = matrix
  const own = new CsrMatrix(columnCount, { indptr: indptr.slice(), indices: indices.slice(), data: null })
  const contestant = (name: string, sweepInto: (acc: Float32Array) => void): Contestant => {
    const acc = new Float32Array(z.length)
    return { name, run: () => sweepInto(acc), answer: () => (sweepInto(acc), acc) }
  }
  return width === 1
    ? [
        contestant('plain JS loop', (acc) => plainSweepOfOne(own, middle, z, acc)),
        contestant('unrolled JS loop', (acc) => unrolledSweepOfOne(own, middle, z, acc)),
      ]
    : [
        contestant('plain JS loop', (acc) => plainSweep(own, middle, z, width, acc)),
        contestant('unrolled JS loop', (acc) => unrolledSweep(own, middle, z, width, acc)),
      ]
}

async function writeInput({ rows: matrix }: PreparedNetwork, { middle, z }: SweepInput, folder: string): Promise<void> {
  for (const [name, array] of Object.entries({ indptr: matrix.indptr, indices: matrix.indices, middle, z })) {
    await writeFile(join(folder, name), new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
  }
}
