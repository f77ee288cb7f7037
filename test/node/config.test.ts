import { describe, expect, it } from 'vitest'
import { ConfigError, needsDataDir, readConfig } from '../../src/config.ts'

const refusalOf = (env: Record<string, string>): string => {
  try {
    readConfig(env)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  return 'taken'
}

describe('a value that cannot be meant is refused in one line that names the variable', () => {
  const host = 'expected a host alone, like https://hoithao.example: no path, question mark, # or user'
  const proxies = 'is none: expected addresses or ranges like 10.0.0.1, 172.16.0.0/12, fd00::/8, by commas'
  it.each<[string, string, string]>([
    [
      'HOST',
      '999.1.1.1',
      'HOST is “999.1.1.1”: expected an address or name of this machine, like 127.0.0.1 or 0.0.0.0',
    ],
    ['HOST', 'h/x', 'HOST is “h/x”: expected an address or name of this machine, like 127.0.0.1 or 0.0.0.0'],
    ['PROCESSES', '0', 'PROCESSES is “0”: expected a whole number from 1 to 64, or auto: one a core'],
    ['PROCESSES', 'two', 'PROCESSES is “two”: expected a whole number from 1 to 64, or auto: one a core'],
    ['BASE_URL', 'http://h/?a=1', `BASE_URL: ${host}`],
    ['BASE_URL', 'http://h/?', `BASE_URL: ${host}`],
    ['BASE_URL', 'https://h/#top', `BASE_URL: ${host}`],
    ['BASE_URL', 'https://h/hoithao', `BASE_URL: ${host}`],
    ['BASE_URL', 'https://user:secret@h', `BASE_URL: ${host}`],
    ['BASE_URL', 'ftp://h', 'BASE_URL: expected an address like https://hoithao.example'],
    ['BASE_URL', 'hoithao.example', 'BASE_URL: expected an address like https://hoithao.example'],
    ['TRUST_PROXY', 'not-an-ip', `TRUST_PROXY is “not-an-ip”: “not-an-ip” ${proxies}`],
    ['TRUST_PROXY', '127.0.0.1, 10.0.0.0/99', `TRUST_PROXY is “127.0.0.1, 10.0.0.0/99”: “10.0.0.0/99” ${proxies}`],
    ['TRUST_PROXY', '10.0.0.0/', `TRUST_PROXY is “10.0.0.0/”: “10.0.0.0/” ${proxies}`],
    ['TRUST_PROXY', '10.0.0.256', `TRUST_PROXY is “10.0.0.256”: “10.0.0.256” ${proxies}`],
    ['TRUST_PROXY', '10.0.0', `TRUST_PROXY is “10.0.0”: “10.0.0” ${proxies}`],
    ['TRUST_PROXY', 'fd00::/129', `TRUST_PROXY is “fd00::/129”: “fd00::/129” ${proxies}`],
    ['TRUST_PROXY', 'fd00::1::2', `TRUST_PROXY is “fd00::1::2”: “fd00::1::2” ${proxies}`],
    ['TRUST_PROXY', '::ffff:10.0.0.0/104', `TRUST_PROXY is “::ffff:10.0.0.0/104”: “::ffff:10.0.0.0/104” ${proxies}`],
    ['S3_ENDPOINT', 'https://s3.example/?x=1', 'S3_ENDPOINT: expected no question mark, # or user in it'],
    ['PORT', '80\n80', 'PORT is “80 80”: expected a whole number from 0 to 65535'],
    ['LOG_LEVEL', 'loud\r\nPORT=1', 'LOG_LEVEL is “loud PORT=1”: expected debug, info, warn or error'],
    ['LINK_KEY', 'short', 'LINK_KEY: expected at least 32 characters, e.g. from: openssl rand -hex 32'],
  ])('%s=%j', (name, value, words) => {
    expect(refusalOf({ [name]: value })).toBe(words)
  })
})

describe('what can be meant is taken', () => {
  it.each<[string, string]>([
    [' http://x ', 'http://x'],
    ['https://Hoithao.Example/', 'https://hoithao.example'],
    ['https://hoithao.example:443', 'https://hoithao.example'],
    ['http://[::1]:3000', 'http://[::1]:3000'],
    ['\thttps://hoithao.example\r\n', 'https://hoithao.example'],
  ])('BASE_URL=%j', (value, baseUrl) => {
    expect(readConfig({ BASE_URL: value }).baseUrl).toBe(baseUrl)
  })

  it('proxies, v4 and v6, addresses and ranges', () => {
    const list = ['127.0.0.1', '172.16.0.0/12', '0.0.0.0/0', '::1', 'fd00::/8', '::ffff:10.0.0.1']
    expect(readConfig({ TRUST_PROXY: ` ${list.join(' , ')}, ` }).trustProxy).toEqual(list)
    expect(readConfig({}).trustProxy).toEqual([])
  })

  it('values with blanks around them, but keys as they are: links were made with them so', () => {
    const key = ` ${'k'.repeat(32)} `
    const config = readConfig({ PORT: ' 80 ', DATA_DIR: ' /data ', MAIL_FROM: ' a@b.example ', LINK_KEY: key })
    expect([config.port, config.dataDir, config.mailFrom, config.linkKey]).toEqual([80, '/data', 'a@b.example', key])
  })
})

it('DATA_DIR is needed unless database, bucket and keys are all given', () => {
  const s3 = { S3_ENDPOINT: 'https://s3.example', S3_BUCKET: 'files', S3_REGION: 'auto' }
  const keys = { LINK_KEY: 'k'.repeat(32), AUTH_SECRET: 's'.repeat(32) }
  const all = { DATABASE_URL: 'postgres://a@b/c', ...s3, S3_ACCESS_KEY_ID: 'a', S3_SECRET_ACCESS_KEY: 'b', ...keys }
  expect(needsDataDir(readConfig(all))).toBe(false)
  for (const name of ['DATABASE_URL', 'LINK_KEY', 'AUTH_SECRET'])
    expect(needsDataDir(readConfig({ ...all, [name]: '' }))).toBe(true)
})
