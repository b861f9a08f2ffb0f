import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { filesBelow, root } from './sources.ts'

const folders = ['src', 'test', 'docs', 'native-free-bench']
const forbidden = /^(utils?|helpers?|common|misc|shared|stuff|lib)$/
/** Names that the world outside fixes: Markdown's own, and files of data kept under the name their authors gave them. */
const freeNames = /\.md$|(^|\/)(data|golden|results|forms)\//

const everyFile = folders.flatMap(filesBelow)

describe('files', () => {
  it('of src/ hold at most 400 lines', () => {
    const lines = (path: string): number => readFileSync(join(root, path), 'utf8').trimEnd().split('\n').length
    const long = filesBelow('src')
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.generated.ts') && lines(path) > 400)
      .map((path) => `${path}: ${lines(path)} lines`)
    expect(long).toEqual([])
  })

  it('have kebab-case names', () => {
    const name = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*$/
    const odd = everyFile.filter((path) => !freeNames.test(path) && !path.split('/').every((part) => name.test(part)))
    expect(odd).toEqual([])
  })

  it('are never called utils, helpers, common or misc', () => {
    const vague = everyFile.filter((path) => path.split('/').some((part) => forbidden.test(part.replace(/\..*$/, ''))))
    expect(vague).toEqual([])
  })

  it('of tests mirror src/ room by room', () => {
    const rooms = new Set(filesBelow('src').map((path) => path.split('/')[1].replace(/\.ts$/, '')))
    const strays = filesBelow('test')
      .filter((path) => path.startsWith('test/unit/') && path.endsWith('.test.ts'))
      .filter((path) => !rooms.has(path.split('/')[2].replace(/\.test\.ts$/, '')))
    expect(strays).toEqual([])
  })

  it('hold no test that is focused or skipped without a reason', () => {
    const marks = /\b(describe|it|test)\.(only|todo|skip)\b/
    const marked = filesBelow('test')
      .filter((path) => path.endsWith('.test.ts') && path !== 'test/house/files.test.ts')
      .filter((path) => marks.test(readFileSync(join(root, path), 'utf8')))
    expect(marked).toEqual([])
  })
})
