import { describe, expect, it } from 'vitest'
import { addressBehind, isInRanges, limitAddress } from '../../src/http/client-address.ts'

describe('the address of a client', () => {
  it.each([
    ['203.0.113.9', undefined, [], '203.0.113.9'],
    ['203.0.113.9', '198.51.100.1', [], '203.0.113.9'],
    ['203.0.113.9', '198.51.100.1', ['10.0.0.0/8'], '203.0.113.9'],
    ['10.1.2.3', '198.51.100.1', ['10.0.0.0/8'], '198.51.100.1'],
    ['::ffff:10.1.2.3', '198.51.100.1', ['10.0.0.0/8'], '198.51.100.1'],
    ['10.1.2.3', '6.6.6.6, 198.51.100.1, 10.9.9.9', ['10.0.0.0/8'], '198.51.100.1'],
    ['10.1.2.3', 'junk, 10.9.9.9', ['10.0.0.0/8'], '10.1.2.3'],
    ['10.1.2.3', undefined, ['10.0.0.0/8'], '10.1.2.3'],
    ['::1', '2001:db8::5', ['::1'], '2001:db8::5'],
  ])('is read from %s with X-Forwarded-For %s and proxies %j as %s', (peer, header, proxies, client) => {
    expect(addressBehind(peer, header, proxies)).toBe(client)
  })

  it.each([
    ['192.168.1.77', '192.168.1.0/24', true],
    ['192.168.2.77', '192.168.1.0/24', false],
    ['192.168.1.129', '192.168.1.128/25', true],
    ['192.168.1.127', '192.168.1.128/25', false],
    ['8.8.8.8', '0.0.0.0/0', true],
    ['2001:db8:1::9', '2001:db8::/32', true],
    ['2001:db9::9', '2001:db8::/32', false],
    ['127.0.0.1', '127.0.0.1', true],
    ['not an address', '0.0.0.0/0', false],
  ])('%s in %s: %s', (address, range, inside) => {
    expect(isInRanges(address, [range])).toBe(inside)
  })

  it('counts IPv6 by /64, IPv4 whole', () => {
    expect(limitAddress('2001:db8:1:2:aaaa::1')).toBe(limitAddress('2001:db8:1:2:ffff:ffff:ffff:ffff'))
    expect(limitAddress('2001:db8:1:2::1')).not.toBe(limitAddress('2001:db8:1:3::1'))
    expect(limitAddress('::ffff:192.0.2.7')).toBe('192.0.2.7')
    expect(limitAddress('')).toBe('unknown')
  })
})
