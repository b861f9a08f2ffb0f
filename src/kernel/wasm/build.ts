/** Compiles the AssemblyScript kernel and inlines its bytes: `npm run wasm`. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

const FLAGS =
  '--importMemory --sharedMemory --maximumMemory 65536 --enable simd,threads --runtime stub -O3 --converge --noAssert'

/** The bytes of the compiled kernel. */
export async function compileKernel(): Promise<Uint8Array> {
  const { main } = await import('assemblyscript/asc')
  let bytes: Uint8Array | undefined
  const { error, stderr } = await main(
    ['kernel.ts', '--baseDir', here('assembly'), '--outFile', 'kernel.wasm', ...FLAGS.split(' ')],
    {
      writeFile: (name, contents) => {
        if (name.endsWith('.wasm')) bytes = contents as Uint8Array
      },
    },
  )
  if (error !== null || bytes === undefined) throw new Error(`AssemblyScript refused the kernel: ${stderr.toString()}`)
  return bytes
}

/** A hash of everything that determines the bytes: the sources, the flags and the version of the compiler. */
export function kernelOrigin(): string {
  const { version } = createRequire(import.meta.url)('assemblyscript/package.json') as { version: string }
  const hash = createHash('sha256').update(`${FLAGS} ${version}`)
  for (const name of readdirSync(here('assembly')).sort()) {
    hash.update(`\n${name}\n`).update(readFileSync(here(`assembly/${name}`), 'utf8').replaceAll('\r\n', '\n'))
  }
  return hash.digest('hex')
}

/** The TypeScript module with the bytes and a hash of their origin. */
export function moduleSource(bytes: Uint8Array): string {
  return [
    '// Generated from assembly/kernel.ts by `npm run wasm`. Do not edit.',
    `// Sources, flags and compiler: ${kernelOrigin()}`,
    // Compressed, hexadecimal digits take a quarter less than base64, in which bytes do not align with letters.
    `export const KERNEL_WASM_HEX = '${Buffer.from(bytes).toString('hex')}'`,
    '',
  ].join('\n')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(here('kernel.generated.ts'), moduleSource(await compileKernel()))
}
