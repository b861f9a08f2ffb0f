import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { METHOD_OPTIONS } from '../../../src/advanced.ts'
import { addFlags, flagOf, libraryFlags, messageByFlag, methodFlags } from '../../../src/cli/flags.ts'
import { RivuletError } from '../../../src/index.ts'

describe('flags of library options', () => {
  it('are called by the options, have their forms, and tell their defaults', () => {
    const names = ['method', 'neighbours', 'resolution', 'count'] as const
    const command = addFlags(new Command(), libraryFlags('clusterUsers', names))
    expect(command.options.map(({ flags }) => flags)).toEqual([
      ...['--method <name>', '--neighbours <n>', '--resolution <number>', '--count <n>'],
    ])
    expect(command.options.map(({ description }) => /\(default: (.*)\)$/.exec(description)?.[1])).toEqual([
      ...['louvain', '15', '1', undefined],
    ])
  })

  it('are there for every option of the recommenders that is no document or file, and say whose it is', () => {
    const command = addFlags(new Command(), methodFlags())
    const all = new Set(Object.values(METHOD_OPTIONS).flatMap((options) => Object.keys(options)))
    const given = command.options.map(({ long }) => long)
    expect(given).toEqual([...all].filter((name) => !['recipe', 'embedding'].includes(name)).map(flagOf))
    const alpha = command.options.find(({ long }) => long === '--alpha')?.description
    expect(alpha).toMatch(
      /label-spreading: .*\(default: 0\.7\); rp3beta: .*\(default: 0\.9\); p3alpha: .*\(default: 1\)/,
    )
  })

  it('read numbers, and all neighbours', () => {
    const command = addFlags(new Command(), methodFlags())
    command.parse(['--alpha', '1e-1', '--neighbours', 'all', '--neighbours-of', 'target'], { from: 'user' })
    expect(command.opts()).toEqual({ alpha: 0.1, neighbours: 'all', neighboursOf: 'target' })
  })
})

describe('messageByFlag', () => {
  const refusal = (option: string): RivuletError => {
    const todo = `Correct '${option}' or leave it out.`
    return new RivuletError('INVALID_OPTION', {
      who: `f, option '${option}'`,
      expected: 'less',
      got: '9',
      todo,
      details: { option },
    })
  }
  const command = addFlags(new Command(), libraryFlags('recommend', ['minScore']))
    .option('--held-out <share>')
    .option('--k <n>')
  command.parse(['--min-score', '9', '--held-out', '9'], { from: 'user' })

  it('names the flag that was given', () => {
    expect(messageByFlag(refusal('minScore'), command)).toBe(
      'f, --min-score: expected less, got 9. Correct --min-score or leave it out.',
    )
    expect(messageByFlag(refusal('heldOutShare'), command)).toContain('f, --held-out: ')
  })

  it('names the option where it came by no flag', () => {
    expect(messageByFlag(refusal('k'), command)).toContain("f, option 'k': ")
    expect(messageByFlag(refusal('held'), command)).toContain("f, option 'held': ")
  })
})
