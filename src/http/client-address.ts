import type { Context } from 'hono'
import type { AppEnv } from '../env.ts'

type Bytes = number[]

/** Reads an IPv4 or IPv6 address into 4 or 16 bytes; a v4 address mapped into v6 (`::ffff:…`) becomes 4. */
function readAddress(text: string): Bytes | undefined {
  const bare = text
    .trim()
    .replace(/^\[|\](:\d+)?$/g, '')
    .replace(/%.*$/s, '')
    .toLowerCase()
  const v4 = readV4(/^[\d.]+:\d+$/.test(bare) ? bare.replace(/:\d+$/, '') : bare)
  if (v4) return v4
  if (!/^[0-9a-f:.]+$/.test(bare) || !bare.includes(':')) return undefined
  const tail = bare.includes('.') ? readV4(bare.slice(bare.lastIndexOf(':') + 1)) : []
  if (!tail) return undefined
  const head = tail.length ? bare.slice(0, bare.lastIndexOf(':') + 1).replace(/([^:]):$/, '$1') : bare
  const halves = head.split('::')
  if (halves.length > 2) return undefined
  const [left, right] = halves.map((half) => (half === '' ? [] : half.split(':')))
  const groups = [...(left ?? []), ...(right ?? [])]
  if (groups.some((g) => !/^[0-9a-f]{1,4}$/.test(g))) return undefined
  const missing = 16 - tail.length - groups.length * 2
  if (halves.length === 1 ? missing !== 0 : missing < 0) return undefined
  const pair = (g: string) => [Number.parseInt(g, 16) >> 8, Number.parseInt(g, 16) & 255]
  const bytes = [
    ...(left ?? []).flatMap(pair),
    ...Array<number>(missing).fill(0),
    ...(right ?? []).flatMap(pair),
    ...tail,
  ]
  const mapped = bytes.slice(0, 10).every((b) => b === 0) && bytes[10] === 255 && bytes[11] === 255
  return mapped ? bytes.slice(12) : bytes
}

function readV4(text: string): Bytes | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || parts.some((p) => !/^\d{1,3}$/.test(p) || Number(p) > 255)) return undefined
  return parts.map(Number)
}

/** Whether an address is one of the ranges: addresses, or `10.0.0.0/8`, `2001:db8::/32`. */
export function isInRanges(address: string, ranges: readonly string[]): boolean {
  const bytes = readAddress(address)
  if (!bytes) return false
  return ranges.some((range) => {
    const [base = '', size] = range.split('/')
    const net = readAddress(base)
    if (!net || net.length !== bytes.length) return false
    const bits = size === undefined ? net.length * 8 : Number(size)
    return (
      Number.isInteger(bits) &&
      bits >= 0 &&
      net.every((b, i) => {
        const mask = 255 & (255 << Math.max(0, Math.min(8, (i + 1) * 8 - bits)))
        return (b & mask) === ((bytes[i] as number) & mask)
      })
    )
  })
}

/**
 * The client's address: the peer's, or, where the peer is a configured proxy, the last hop in X-Forwarded-For that is none.
 * A header from anybody else is not believed (pretix CVE-2023-44463).
 */
export function addressBehind(peer: string, forwardedFor: string | undefined, proxies: readonly string[]): string {
  if (!proxies.length || !isInRanges(peer, proxies)) return peer
  const hops = (forwardedFor ?? '')
    .split(',')
    .map((h) => h.trim())
    .filter(Boolean)
  for (const hop of hops.reverse()) {
    if (!readAddress(hop)) return peer
    if (!isInRanges(hop, proxies)) return hop
  }
  return peer
}

/** An address as limits count it: IPv6 by its /64, which one subscriber has to himself. */
export function limitAddress(address: string): string {
  const bytes = readAddress(address)
  if (!bytes) return 'unknown'
  if (bytes.length === 4) return bytes.join('.')
  return `${bytes
    .slice(0, 8)
    .map((b) => b.toString(16).padStart(2, '0'))
    .join('')}/64`
}

/** The address of a request, as limits count it. On Workers the platform itself sets CF-Connecting-IP. */
export function clientAddress(c: Context<AppEnv>): string {
  const env = c.env as { incoming?: { socket?: { remoteAddress?: string } } } | undefined
  const peer = env?.incoming?.socket?.remoteAddress
  if (peer === undefined) {
    const onWorkers = (c.req.raw as { cf?: unknown }).cf !== undefined
    return limitAddress((onWorkers && c.req.header('cf-connecting-ip')) || '')
  }
  return limitAddress(addressBehind(peer, c.req.header('x-forwarded-for'), c.var.services.config.trustProxy))
}
