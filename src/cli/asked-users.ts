/** The users of a request, and the handling of users that its file does not know. */
import type { Interactions } from '../index.ts'
import { readIds } from './argument-values.ts'
import { choice, text, value, type Given } from './flags.ts'
import { sideRecords, type SideArguments } from './side-file.ts'
import { orAborted, type Terminal } from './terminal.ts'
import type { Stage } from './stage.ts'
import { count } from './table.ts'

export const USERS_FLAGS = {
  users: value('<ids>', 'only these users, separated by commas; may be repeated (default: all)', readIds),
  usersFile: text('<file>', "more users, one id per row: column 'user', or the first column"),
}

export const UNKNOWN_FLAG = choice(
  '<rule>',
  'what to do with ids that are not in FILE: fail, skip them, or recommend popular items (default: error)',
  [...(['error', 'drop', 'prior'] as const)],
)

type Arguments = Given<typeof USERS_FLAGS> & SideArguments

/** The requested users; `undefined` for all. @throws {RivuletError} as `readRecords` */
export async function readUsers(
  { users, usersFile, ...given }: Arguments,
  terminal: Terminal,
): Promise<readonly string[] | undefined> {
  if (usersFile === undefined) return users
  const listed: string[] = []
  let isFirst = true
  const read = async (): Promise<void> => {
    for await (const record of sideRecords(usersFile, given, terminal, { header: false })) {
      const [first] = Object.values(record)
      const id = record.user ?? first
      // A plain list of ids has no title; these are no ids.
      const isTitle = isFirst && '0' in record && /^(user|userid|user_id|id)$/i.test(id ?? '')
      isFirst = false
      if (id !== undefined && id !== '' && !isTitle) listed.push(id)
    }
  }
  await orAborted(read(), terminal.signal)
  return [...(users ?? []), ...listed]
}

/** Reports how many of the requested users are not in the file, unless they are refused. */
export function tellUnknown(
  {
    users = [],
    unknown = 'error',
  }: {
    readonly users: readonly string[] | undefined
    readonly unknown: 'error' | 'drop' | 'prior' | undefined
  },
  table: Pick<Interactions, 'users'>,
  stage: Stage,
): void {
  const missing = unknown === 'error' ? 0 : users.filter((id) => table.users.rowOf(id) < 0).length
  if (missing === 0) return
  const done = unknown === 'drop' ? 'skipped' : 'they get popular items'
  stage.remark([`${count(missing)} of ${count(users.length)} users are not in FILE: ${done}`])
}
