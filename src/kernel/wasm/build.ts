/** Compiles the AssemblyScript kernel and inlines its bytes: `npm run wasm`. */
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/** The bytes of the compiled kernel. */
export async function compileKernel(): Promise<Uint8Array> {
  const { main } = await import('assemblyscript/asc')
  let bytes: Uint8Array | undefined
  const options =
    '--importMemory --sharedMemory --maximumMemory 65536 --enable simd,threads --runtime stub -O3 --converge --noAssert'
  const { error, stderr } = await main(
    ['kernel.ts', '--baseDir', here('assembly'), '--outFile', 'kernel.wasm', ...options.split(' ')],
    {
      writeFile: (name, contents) => {
        if (name.endsWith('.wasm')) bytes = contents as Uint8Array
      },
    },
  )
  if (error !== null || bytes === undefined) throw new Error(`AssemblyScript refused the kernel: ${stderr.toString()}`)
  return bytes
}

/** The TypeScript module that carries the bytes. */
export function moduleSource(bytes: Uint8Array): string {
  return [
    '// Generated from assembly/kernel.ts by `npm run wasm`. Do not edit.',
    `export const KERNEL_WASM_BASE64 = '${Buffer.from(bytes).toString('base64')}'`,
    '',
  ].join('\n')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(here('kernel.generated.ts'), moduleSource(await compileKernel()))
}
