import { isInRanges } from './client-address.ts'

/** Whether a host of an address or a setting is this machine alone: `localhost` itself, 127.0.0.0/8, ::1. Not `*.localhost`. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase()
  return bare === 'localhost' || isInRanges(bare, ['127.0.0.0/8', '::1/128'])
}

/** Whether a deployment is for this machine alone: it listens there, and its address is there. */
export function staysHere({ host, baseUrl }: { host: string; baseUrl: string }): boolean {
  return isLoopback(host) && isLoopback(new URL(baseUrl).hostname)
}
