import { randomBytes } from 'node:crypto'
import { request as requestPlain } from 'node:http'
import { request as requestTls } from 'node:https'
import { isIP } from 'node:net'
import { connect, type DetailedPeerCertificate, type TLSSocket } from 'node:tls'
import type { Config } from '../../config.ts'
import { proofOf } from '../../features/identity/queries.ts'
import { type Finding, fault, ok, reason, warning } from './finding.ts'
import { addressesOf, type Names } from './names.ts'

const PATIENCE_MS = 10_000
const DAY_MS = 86_400_000
/** A certificate that is not renewed by then is not going to be. */
const LEAST_DAYS = 14
const MOST_SECONDS_APART = 30

export interface SiteQuestion {
  config: Config
  linkKey: string | undefined
  names: Names
  /** Certificates trusted besides the system's: for tests. */
  ca?: string
}

/** Whether people who follow a link of ours arrive here: DNS, TLS, and an answer that only this deployment can give. */
export async function checkSite(question: SiteQuestion): Promise<Finding[]> {
  const { config, names } = question
  const url = new URL(config.baseUrl)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (host === 'localhost')
    return [
      fault(
        'dns',
        `BASE_URL is ${config.baseUrl}: nobody else gets there`,
        'set BASE_URL to the address that people will use',
      ),
    ]
  let found: { v4: string[]; v6: string[] }
  try {
    found = await addressesOf(names, host)
  } catch (error) {
    return [
      fault(
        'dns',
        `${host}: no answer (${reason(error)})`,
        'look at the resolver of this machine, or name another by --dns',
      ),
    ]
  }
  const addresses = [...found.v4, ...found.v6]
  const findings = [dns(host, found)]
  if (!addresses.length) return findings
  if (url.protocol === 'http:')
    findings.push(
      fault(
        'tls',
        'BASE_URL is plain http: links and sessions travel unprotected',
        'set up TLS at the proxy, and BASE_URL to https://',
      ),
    )
  else findings.push(...(await Promise.all(addresses.map((address) => checkTls(question, url, address)))))
  findings.push(...(await Promise.all(addresses.map((address) => checkAnswer(question, url, address)))).flat())
  return findings
}

function dns(host: string, { v4, v6 }: { v4: string[]; v6: string[] }): Finding {
  if (!v4.length && !v6.length) return fault('dns', `${host} has no address`, 'publish an A and an AAAA record')
  if (!v6.length)
    return warning(
      'dns',
      `${host} is ${v4.join(', ')}, and has no AAAA record`,
      'publish one where the machine has an IPv6 address: some mobile networks are slower without',
    )
  return ok('dns', `${host} is ${[...v4, ...v6].join(', ')}`)
}

async function checkTls({ ca }: SiteQuestion, url: URL, address: string): Promise<Finding> {
  const check = `tls ${address}`
  const todo = 'look at the certificate of the proxy: its chain, its names, its renewal'
  try {
    const { error, certificate } = await shake(address, Number(url.port || 443), url.hostname, ca)
    if (error) return fault(check, `the certificate does not hold: ${error}`, todo)
    const days = Math.floor((Date.parse(certificate.valid_to) - Date.now()) / DAY_MS)
    if (days < LEAST_DAYS)
      return warning(check, `the certificate ends in ${days} days`, 'look at why it was not renewed')
    return ok(check, `the certificate holds for ${url.hostname}, ${days} days more`)
  } catch (error) {
    return fault(
      check,
      `no connection: ${reason(error)}`,
      'does the proxy listen there, and does the firewall let it through?',
    )
  }
}

function shake(host: string, port: number, servername: string, ca: string | undefined) {
  return new Promise<{ error: string | undefined; certificate: DetailedPeerCertificate }>((resolve, reject) => {
    const socket: TLSSocket = connect(
      { host, port, ...sni(servername), rejectUnauthorized: false, ...(ca ? { ca } : {}), timeout: PATIENCE_MS },
      () => {
        // With a name to compare, the library's verdict covers chain, time and name.
        const { authorizationError } = socket
        const error = socket.authorized
          ? undefined
          : String((authorizationError as Error)?.message ?? authorizationError)
        resolve({ error, certificate: socket.getPeerCertificate(true) })
        socket.end()
      },
    )
    socket.once('timeout', () => socket.destroy(new Error('it does not answer')))
    socket.once('error', reject)
  })
}

/** The answer of /healthz to a number made up now: only who has this LINK_KEY can give it. Its Date tells how the clocks stand. */
async function checkAnswer({ linkKey, ca }: SiteQuestion, url: URL, address: string): Promise<Finding[]> {
  const check = `address ${address}`
  const nonce = randomBytes(16).toString('hex')
  let answer: Awaited<ReturnType<typeof ask>>
  try {
    answer = await ask(url, address, `/healthz?nonce=${nonce}`, ca)
  } catch (error) {
    return [
      fault(
        check,
        `${url.origin} does not answer: ${reason(error)}`,
        'start the service, and lead the proxy to its HOST and PORT',
      ),
    ]
  }
  const { status, body, date } = answer
  if (status !== 200 || body === undefined)
    return [
      fault(
        check,
        `${url.origin}/healthz answers ${status}: something else answers there`,
        'lead the proxy to this service',
      ),
    ]
  const known = linkKey === undefined ? undefined : proofOf(linkKey, nonce)
  const own =
    known === undefined
      ? warning(
          check,
          'it answers; whether it is this deployment was not compared: there is no LINK_KEY yet',
          'start the service once, then run doctor again',
        )
      : body.proof === known
        ? ok(check, `it leads to this deployment, version ${body.version}`)
        : fault(
            check,
            'another deployment answers there: it has another LINK_KEY',
            'lead the proxy to this service, or set its LINK_KEY',
          )
  return [own, ...clock(date)]
}

/** An address is no name to ask a certificate for. */
const sni = (host: string) => (isIP(host.replace(/^\[|\]$/g, '')) ? {} : { servername: host })

function clock(date: string | undefined): Finding[] {
  const apart = Math.round((Date.now() - Date.parse(date ?? '')) / 1000)
  if (Number.isNaN(apart)) return []
  if (Math.abs(apart) <= MOST_SECONDS_APART)
    return [ok('clock http', 'this machine’s clock and the answer’s Date agree')]
  return [
    warning(
      'clock http',
      `this machine’s clock is ${Math.abs(apart)} s ${apart > 0 ? 'ahead of' : 'behind'} the answer’s Date`,
      'let both machines take their time from a time server',
    ),
  ]
}

function ask(url: URL, address: string, path: string, ca: string | undefined) {
  const request = url.protocol === 'https:' ? requestTls : requestPlain
  return new Promise<{
    status: number
    body: { proof?: string; version?: string } | undefined
    date: string | undefined
  }>((resolve, reject) => {
    const asked = request(
      {
        host: address,
        port: url.port || undefined,
        path,
        ...sni(url.hostname),
        headers: { Host: url.host },
        // What is wrong with the certificate was said before.
        rejectUnauthorized: false,
        ...(ca ? { ca } : {}),
        timeout: PATIENCE_MS,
      },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (piece) => {
          text += piece
          if (text.length > 10_000) response.destroy()
        })
        response.on('close', () => {
          let body: { proof?: string; version?: string } | undefined
          try {
            body = JSON.parse(text)
          } catch {}
          resolve({ status: response.statusCode ?? 0, body, date: response.headers.date })
        })
      },
    )
    asked.once('timeout', () => asked.destroy(new Error('it does not answer')))
    asked.once('error', reject)
    asked.end()
  })
}
