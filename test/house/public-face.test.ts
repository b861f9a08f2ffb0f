import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import * as browser from '../../src/browser.ts'
import * as front from '../../src/index.ts'
import { DOORS, PublicFace, REPORTS } from './public-face.ts'
import { root } from './sources.ts'

const LEAKY = 'test/house/fixtures/leaky-door.ts'
const face = new PublicFace([...DOORS, LEAKY])

describe('the doors', () => {
  it.each(Object.entries(REPORTS))('hand out what the report says: %s (npm run api writes it)', (door, path) => {
    expect(face.report(door)).toBe(readFileSync(join(root, path), 'utf8'))
  })

  it.each(DOORS)('hand out every type that a signature names: %s', (door) => {
    expect(face.missing(door)).toEqual([])
  })

  it('are seen to keep one back', () => {
    expect(face.missing(LEAKY)).toEqual(['Hidden of Shown', 'Inferred of infer'])
    expect(face.report(LEAKY)).toContain(
      'class Made { static of: (shown: Shown) => Made; shown: Shown; count: number }',
    )
  })

  it('stay small', () => {
    expect(face.count('src/index.ts').values).toBeLessThanOrEqual(64)
  })

  it('are the same in a browser, but for files and threads', () => {
    const onServers = Object.keys(front).filter((name) => !(name in browser))
    expect(onServers.filter((name) => !/^(read|write|open)[A-Z]|^Engine$/.test(name))).toEqual([])
    expect(Object.keys(browser).filter((name) => !(name in front))).toEqual([])
  })
})
