/** Role of a column in a file. */
export type Role = 'user' | 'item' | 'value' | 'signal' | 'time'

export const ROLES: readonly Role[] = ['user', 'item', 'value', 'signal', 'time']

/** Names of columns in public data sets, in lower case without punctuation; the first found wins. */
export const COLUMN_NAMES: Readonly<Record<Role, readonly string[]>> = {
  user: (
    'user userid uid customer customerid visitor visitorid reviewer reviewerid member memberid account accountid client clientid ' +
    'buyer buyerid person personid player playerid listener listenerid steamid profileid userkey username reviewprofilename ' +
    'session sessionid source src from'
  ).split(' '),
  item: (
    'item itemid iid movie movieid film filmid product productid asin parentasin book bookid isbn artist artistid song songid ' +
    'track trackid article articleid news newsid business businessid game gameid appid sku stockcode video videoid anime animeid ' +
    'recipe recipeid course courseid poi poiid venue venueid place placeid location locationid beerid beerbeerid aid ' +
    'target dst to'
  ).split(' '),
  value: (
    'value rating ratings stars star score overall bookrating userrating reviewrating reviewscore reviewoverall weight count counts ' +
    'plays playcount playcounts scrobbles listens listencount listeningcount hours hoursplayed playtime playtimeforever ' +
    'quantity qty watchratio'
  ).split(' '),
  signal: (
    'signal event eventtype eventname behavior behaviour behaviortype behaviourtype action actiontype interaction ' +
    'interactiontype activitytype feedbacktype'
  ).split(' '),
  time: (
    'time timestamp ts date datetime unixtime unixtimestamp unixreviewtime eventtime eventtimestamp eventdate reviewdate ' +
    'lastdate createdat createdtime ratedat addedat playedat listenedat visittime clicktime purchasedate purchasetime orderdate ' +
    'ordertime transactiondate transactiontime invoicedate when'
  ).split(' '),
}

const ALL_NAMES = new Set(Object.values(COLUMN_NAMES).flat())

/** The column of a role by its name; `undefined` if none is known. @param taken columns of other roles */
export function findByName(names: readonly string[], role: Role, taken: ReadonlySet<number> = new Set()) {
  const columns = new Map<string, number>()
  for (const [column, name] of names.entries()) {
    const plain = name === '' || taken.has(column) ? '' : plainName(name)
    if (!columns.has(plain)) columns.set(plain, column)
  }
  const known = COLUMN_NAMES[role].find((name) => columns.has(name))
  return known === undefined ? undefined : columns.get(known)
}

/** Whether a name is known for any role. */
export function isKnownName(name: string): boolean {
  return name !== '' && ALL_NAMES.has(plainName(name))
}

/** 'Customer ID' -> 'customerid', 'user_id:token' (RecBole) -> 'userid', 'r.movieId' (SQL) -> 'movieid' */
function plainName(name: string): string {
  const untyped = name.replace(/:(token|float)(_seq)?$/, '')
  const last = untyped.slice(untyped.lastIndexOf('.') + 1)
  return last.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
}
