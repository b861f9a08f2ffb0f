/** Whether every tag that opens also closes, in order, and no `&` or `<` is bare. */
export function isWellFormed(svg: string): boolean {
  const open: string[] = []
  for (const [, closing, name, selfClosing] of svg.matchAll(/<(\/?)([a-z]+)[^<>]*?(\/?)>/g)) {
    if (closing === '/') {
      if (open.pop() !== name) return false
    } else if (selfClosing !== '/') open.push(name)
  }
  const text = svg.replace(/<[^<>]*>/g, '')
  return open.length === 0 && !/[<>]|&(?!amp;|lt;|gt;)/.test(text) && !/NaN|undefined|Infinity/.test(svg)
}

/** The values of a numeric attribute of all elements with that name. */
export function numbersOf(svg: string, element: string, attribute: string): number[] {
  return [...svg.matchAll(new RegExp(`<${element} [^>]*?\\b${attribute}="([^"]*)"`, 'g'))].map((match) =>
    Number(match[1]),
  )
}
