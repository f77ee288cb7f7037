import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { createClamd } from '../../src/platform/clamd.ts'
import type { ClamdAddress } from '../../src/platform/clamd-talk.ts'
import { eicar, findClamd, type RealClamd, startClamd, startTestClamd, type TestClamd } from '../support/clamd.ts'
import { made } from '../support/file-store.ts'
import { freePort } from '../support/server.ts'

const limits = { connectMs: 20_000, idleMs: 60_000 }
const bodyOf = (text: string) => new Blob([text]).stream()
/** A stream that gives these pieces as they are. */
const inPieces = (...pieces: string[]) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece))
      controller.close()
    },
  })
const unreachable = { code: 'unavailable', detail: 'scanner' }

describe('CLAMD_URL', () => {
  it.each([
    ['tcp://127.0.0.1:3310', { host: '127.0.0.1', port: 3310 }],
    ['tcp://clamd', { host: 'clamd', port: 3310 }],
    ['tcp://[::1]:4000/', { host: '::1', port: 4000 }],
    ['unix:/run/clamav/clamd.ctl', { path: '/run/clamav/clamd.ctl' }],
    ['unix:///run/clamav/clamd.ctl', { path: '/run/clamav/clamd.ctl' }],
  ])('is read: %s', (text, address) => {
    expect(readConfig({ CLAMD_URL: text }).clamd).toEqual(address)
  })

  it.each([
    'http://clamd:3310',
    'tcp://',
    'tcp://clamd:99999',
    'tcp://clamd:0',
    'clamd:3310',
    'unix:clamd.ctl',
    'tcp://a b',
  ])('refuses %s in one line that names it', (text) => {
    expect(() => readConfig({ CLAMD_URL: text })).toThrow(/^CLAMD_URL: expected an address like tcp:/)
  })

  it('may be left out: then nothing is scanned', () => {
    expect(readConfig({}).clamd).toBeUndefined()
  })
})

/** What any scanner does, whoever listens. */
function describeScanner(addresses: () => ClamdAddress[]) {
  const each = async (check: (scanner: ReturnType<typeof createClamd>) => Promise<unknown>) => {
    for (const address of addresses()) await check(createClamd(address, limits))
  }

  it('answers a ping', () => each((scanner) => expect(scanner.ping()).resolves.toBeUndefined()))

  it('says that a file is clean, also an empty one and one of 20 MB', () =>
    each(async (scanner) => {
      for (const body of [bodyOf('Kính thưa các đồng chí.'), bodyOf(''), made(20_000_003).body])
        expect(await scanner.scan(body)).toEqual({ outcome: 'clean' })
    }))

  it('names what it found, also where it is cut in two by the pieces of the stream', () =>
    each(async (scanner) => {
      const found = { outcome: 'found', name: expect.stringMatching(/^Eicar-Of-The-Test/) }
      expect(await scanner.scan(bodyOf(eicar))).toEqual(found)
      const pieces = ['x'.repeat(70_000), eicar.slice(0, 30), eicar.slice(30), 'y'.repeat(70_000)]
      expect(await scanner.scan(inPieces(...pieces))).toEqual(found)
    }))

  it('looks at many at once', () =>
    each(async (scanner) => {
      const results = await Promise.all(
        Array.from({ length: 12 }, (_, i) => scanner.scan(bodyOf(i % 3 ? `no ${i}` : eicar))),
      )
      expect(results.map((result) => result.outcome)).toEqual(
        Array.from({ length: 12 }, (_, i) => (i % 3 ? 'clean' : 'found')),
      )
    }))

  it('hands on what breaks a file while it is read, as no fault of the scanner', () =>
    each((scanner) =>
      expect(scanner.scan(made(500_000, { fail: new Error('the store is gone') }).body)).rejects.toThrow(
        'the store is gone',
      ),
    ))
}

describe('a server that speaks its protocol', () => {
  let clamd: TestClamd
  beforeAll(async () => {
    clamd = await startTestClamd()
  })
  afterEach(() => {
    clamd.behaviour = {}
  })
  afterAll(() => clamd.close())
  const scan = (text: string, own = limits) => createClamd(clamd.address, own).scan(bodyOf(text))

  describeScanner(() => [clamd.address])

  it('is sent exactly the bytes of the file', async () => {
    const { body, sha256 } = made(3_333_333)
    await createClamd(clamd.address, limits).scan(body)
    const { createHash } = await import('node:crypto')
    expect(createHash('sha256').update(clamd.scanned.at(-1)!).digest('hex')).toBe(sha256())
  })

  it('may take no more than so many bytes: its own words', async () => {
    clamd.behaviour = { limit: 100_000 }
    expect(await createClamd(clamd.address, limits).scan(made(150_000).body)).toEqual({
      outcome: 'refused',
      reply: 'INSTREAM size limit exceeded. ERROR',
    })
  })

  it('may cut the connection in a file that is too large for it: refused, since it answers otherwise', async () => {
    clamd.behaviour = { cutAfter: 100_000 }
    expect(await createClamd(clamd.address, limits).scan(made(9_000_000).body)).toEqual({
      outcome: 'refused',
      reply: expect.stringMatching(/^the connection was cut after \d+ bytes \(StreamMaxLength\?\)$/),
    })
  })

  it.each(['stream: Can’t allocate memory ERROR', 'nonsense'])(
    'is not believed to have found nothing: %s',
    async (says) => {
      clamd.behaviour = { says }
      expect(await scan('x')).toEqual({ outcome: 'refused', reply: says.replace('stream: ', '') })
    },
  )

  it('is waited for no longer than the limit where it says nothing', async () => {
    clamd.behaviour = { silent: true }
    await expect(scan('x', { connectMs: 20_000, idleMs: 200 })).rejects.toMatchObject(unreachable)
    await expect(createClamd(clamd.address, { connectMs: 20_000, idleMs: 200 }).ping()).rejects.toMatchObject(
      unreachable,
    )
  })
})

it('says that nobody is there, over TCP and a socket', async () => {
  const gone = [{ host: '127.0.0.1', port: await freePort() }, { path: '/nowhere/clamd.ctl' }]
  for (const address of gone) {
    await expect(createClamd(address, limits).scan(bodyOf('x'))).rejects.toMatchObject(unreachable)
    await expect(createClamd(address, limits).ping()).rejects.toMatchObject(unreachable)
  }
})

const program = findClamd()
if (program) describe('clamd itself', () => real(program))
else
  console.log('clamd is not installed: its protocol was tested against a server of the test, not against clamd itself')

function real(path: string) {
  let clamd: RealClamd
  beforeAll(async () => {
    clamd = await startClamd(path, { StreamMaxLength: '25M' })
  })
  afterAll(() => clamd.close())

  describeScanner(() => [clamd.tcp, clamd.unix])

  it('refuses what is longer than its StreamMaxLength', async () => {
    for (const address of [clamd.tcp, clamd.unix])
      expect(await createClamd(address, limits).scan(made(40_000_000).body)).toEqual({
        outcome: 'refused',
        reply: expect.stringMatching(/size limit exceeded|StreamMaxLength/),
      })
  })
}
