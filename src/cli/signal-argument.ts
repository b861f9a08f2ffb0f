/** Flag --signals: parsing of signal weights, and rules as text. */
import { InvalidArgumentError } from 'commander'
import {
  describeSignals,
  inferSignals,
  type Interactions,
  type SignalDescription,
  type SignalRule,
  type Signals,
} from '../index.ts'
import { readNumber, readSpan } from './argument-values.ts'
import { count, tableLines } from './table.ts'
import type { Terminal } from './terminal.ts'

/**
 * 'auto'; JSON; or 'buy=3,play=0.5:log1p:86400': a weight by name, and after colons the fields of a rule, in any order: a transform, a role ('label',
 * 'evidence'), a half-life as '30d' or a number. The library checks transforms.
 */
export function readSignals(text: string): Signals {
  if (text === 'auto') return text
  if (text.startsWith('{')) return readJson(text)
  return Object.fromEntries(
    text.split(',').map((part) => {
      const at = part.lastIndexOf('=')
      if (at < 1) throw new InvalidArgumentError("Expected 'auto', JSON, or signal=weight pairs: buy=1,view=0.2:log1p.")
      const [weight, ...rest] = part.slice(at + 1).split(':')
      const fields = rest.map(readField)
      const rule: number | SignalRule =
        fields.length === 0
          ? readNumber(weight)
          : fields.reduce((all, field) => ({ ...all, ...field }), { weight: readNumber(weight) })
      return [part.slice(0, at), rule]
    }),
  )
}

function readField(text: string): SignalRule {
  if (text === 'label' || text === 'evidence') return { role: text }
  if (/^[\d.]/.test(text)) return { halfLife: readSpan(text) }
  return { transform: text as SignalRule['transform'] }
}

function readJson(text: string): Signals {
  try {
    return JSON.parse(text) as Signals
  } catch (cause) {
    throw new InvalidArgumentError(`Invalid JSON: ${(cause as Error).message}.`)
  }
}

/** Arguments with the rules found by 'auto', which are reported on the standard error. */
export function settleSignals<Arguments extends { readonly signals?: Signals | null | undefined }>(
  table: Interactions,
  given: Arguments,
  terminal: Terminal,
): Arguments {
  if (given.signals !== 'auto') return given
  terminal.warn(`${signalLines(describeSignals(table)).join('\n')}\n`)
  return { ...given, signals: inferSignals(table) }
}

/** The rules of signals, as a table. */
export function signalLines(found: readonly SignalDescription[]): string[] {
  const rows = found.map(({ name, rows, role, transform, weight, why }) => [
    name,
    count(rows),
    role,
    transform,
    String(weight),
    why,
  ])
  const titles = ['signal', 'rows', 'role', 'transform', 'weight', 'why']
  return tableLines(titles, rows, ['left', 'right', 'left', 'left', 'right', 'left'])
}
