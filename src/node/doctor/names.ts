import type { Resolver } from 'node:dns/promises'
import { isIP } from 'node:net'

export type Names = Resolver

/** Codes by which DNS says that there is no such record; anything else is a question that got no answer. */
const NONE = new Set(['ENODATA', 'ENOTFOUND'])

async function orNone<T>(question: Promise<T[]>): Promise<T[]> {
  try {
    return await question
  } catch (error) {
    if (NONE.has((error as NodeJS.ErrnoException).code ?? '')) return []
    throw error
  }
}

/** Addresses of a host, or of an address itself. @throws Error where DNS gives no answer */
export async function addressesOf(names: Names, host: string): Promise<{ v4: string[]; v6: string[] }> {
  const literal = host.replace(/^\[|\]$/g, '')
  if (isIP(literal)) return { v4: isIP(literal) === 4 ? [literal] : [], v6: isIP(literal) === 6 ? [literal] : [] }
  const [v4, v6] = await Promise.all([orNone(names.resolve4(host)), orNone(names.resolve6(host))])
  return { v4, v6 }
}

/** The texts of a name, each put together from its pieces. @throws Error where DNS gives no answer */
export async function textsOf(names: Names, name: string): Promise<string[]> {
  return (await orNone(names.resolveTxt(name))).map((pieces) => pieces.join(''))
}

/** The mail servers of a domain. @throws Error where DNS gives no answer */
export async function mailServersOf(names: Names, domain: string): Promise<string[]> {
  const found = await orNone(names.resolveMx(domain))
  return found.sort((a, b) => a.priority - b.priority).map((mx) => mx.exchange)
}
