import { BlockList, isIP } from 'node:net'
import { addressesOf, mailServersOf, type Names, textsOf } from './names.ts'

/** More look-ups than this and receivers take the record for broken (RFC 7208 section 4.6.4). */
const MOST_LOOKUPS = 10

export interface Spf {
  records: string[]
  /** What becomes of servers that are not named: `-`, `~`, `?`, `+`; undefined where the record does not say. */
  rest: string | undefined
  lookups: number
  /** Whether it names one of the addresses asked for. */
  names: boolean
}

/** Reads a domain's SPF and what it includes (RFC 7208; macros and `ptr` are left alone). @throws Error where DNS gives no answer */
export async function readSpf(names: Names, domain: string, addresses: string[]): Promise<Spf> {
  const records = (await textsOf(names, domain)).filter((text) => /^v=spf1( |$)/i.test(text))
  const seen = { lookups: 0, list: new BlockList() }
  const rest = records.length === 1 ? await follow(names, domain, records[0] as string, seen) : undefined
  const named = addresses.some((address) => seen.list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4'))
  return { records, rest, lookups: seen.lookups, names: named }
}

async function follow(
  names: Names,
  domain: string,
  record: string,
  seen: { lookups: number; list: BlockList },
): Promise<string | undefined> {
  let rest: string | undefined
  for (const term of record.split(/\s+/).slice(1)) {
    const [, sign = '', word = '', value = '', length] =
      /^([+?~-]?)([a-z0-9]+)(?:[:=]([^/]+))?(?:\/(\d+).*)?$/i.exec(term) ?? []
    const name = value || domain
    if (/%/.test(name) || seen.lookups > MOST_LOOKUPS) continue
    const kind = word.toLowerCase()
    if (kind === 'all') rest = sign || '+'
    if (kind === 'ip4' || kind === 'ip6') add(seen.list, value, length)
    if (!['a', 'mx', 'include', 'redirect', 'exists', 'ptr'].includes(kind)) continue
    seen.lookups++
    if (kind === 'a') await addHost(names, name, length, seen.list)
    if (kind === 'mx')
      for (const host of await mailServersOf(names, name)) await addHost(names, host, length, seen.list)
    if (kind !== 'include' && kind !== 'redirect') continue
    const next = (await textsOf(names, name)).find((text) => /^v=spf1( |$)/i.test(text))
    const theirs = next === undefined ? undefined : await follow(names, name, next, seen)
    if (kind === 'redirect') rest ??= theirs
  }
  return rest
}

async function addHost(names: Names, host: string, length: string | undefined, list: BlockList): Promise<void> {
  const { v4, v6 } = await addressesOf(names, host)
  for (const address of v4) add(list, address, length)
  for (const address of v6) add(list, address, undefined)
}

function add(list: BlockList, address: string, length: string | undefined): void {
  const version = isIP(address)
  if (!version) return
  const bits = length === undefined ? (version === 4 ? 32 : 128) : Number(length)
  if (bits > (version === 4 ? 32 : 128)) return
  list.addSubnet(address, bits, version === 4 ? 'ipv4' : 'ipv6')
}
