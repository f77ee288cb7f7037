import { type Finding, fault, ok, reason, warning } from './finding.ts'
import { addressesOf, mailServersOf, type Names, textsOf } from './names.ts'
import { readSpf } from './spf.ts'

export interface SenderQuestion {
  names: Names
  domain: string
  /** Addresses of the server of SMTP_URL. */
  servers: string[]
  /** The selector that the mail server signs with, where it is known. */
  selector: string | undefined
}

/** Whether receivers can tell that letters from a domain are its own: SPF, DKIM, DMARC; and whether what comes back arrives. */
export async function checkSender(question: SenderQuestion): Promise<Finding[]> {
  const checks = [checkSpf, checkDkim, checkDmarc, checkMx]
  return Promise.all(
    checks.map((check) =>
      check(question).catch((error) =>
        fault(
          `dns ${question.domain}`,
          `no answer: ${reason(error)}`,
          'look at the resolver of this machine, or name another by --dns',
        ),
      ),
    ),
  )
}

async function checkSpf({ names, domain, servers }: SenderQuestion): Promise<Finding> {
  const check = `spf ${domain}`
  const publish = `publish one TXT record of ${domain} that names the servers which send for it, e.g. “v=spf1 ${servers[0] ? `ip${servers[0].includes(':') ? 6 : 4}:${servers[0]} ` : 'mx '}-all”`
  const spf = await readSpf(names, domain, servers)
  if (!spf.records.length) return fault(check, 'there is no SPF record', publish)
  if (spf.records.length > 1)
    return fault(
      check,
      `there are ${spf.records.length} SPF records: receivers ignore them all`,
      'put them together into one',
    )
  if (spf.lookups > 10)
    return fault(
      check,
      `it takes ${spf.lookups} look-ups, more than the 10 that receivers make`,
      'name addresses (ip4:, ip6:) instead of hosts and includes',
    )
  if (spf.rest === '+') return fault(check, 'it lets every server send (+all)', 'end it with -all')
  if (servers.length && !spf.names)
    return warning(
      check,
      `it does not name the server of SMTP_URL (${servers.join(', ')})`,
      'if letters leave from that address, add it; if that server passes them on to others, those must be named',
    )
  if (spf.rest !== '-' && spf.rest !== '~')
    return warning(check, 'it does not say what becomes of other servers', 'end it with -all')
  return ok(check, `${servers.length ? 'names the server of SMTP_URL' : 'is there'}, and ends with ${spf.rest}all`)
}

async function checkDkim({ names, domain, selector }: SenderQuestion): Promise<Finding> {
  const check = `dkim ${domain}`
  if (!selector)
    return warning(
      check,
      'not looked at: the mail server signs, and its selector is not known here',
      'ask whoever runs the mail server for the selector, publish the key it gives under <selector>._domainkey, and run doctor with --dkim-selector <selector>',
    )
  const name = `${selector}._domainkey.${domain}`
  const texts = await textsOf(names, name)
  const key = texts
    .map((text) => /(?:^|;)\s*p=([^;]*)/i.exec(text)?.[1]?.replace(/\s+/g, ''))
    .find((p) => p !== undefined)
  if (key === undefined)
    return fault(check, `${name} holds no key`, 'publish the TXT record that the mail server gives for it')
  if (key === '')
    return fault(
      check,
      `the key at ${name} is revoked (p= is empty)`,
      'publish the key that the mail server signs with now',
    )
  return ok(check, `${name} holds a key`)
}

async function checkDmarc({ names, domain }: SenderQuestion): Promise<Finding> {
  const check = `dmarc ${domain}`
  const found = await findDmarc(names, domain)
  const policy = found && /(?:^|;)\s*p=([a-z]+)/i.exec(found.text)?.[1]?.toLowerCase()
  if (!found)
    return fault(
      check,
      'there is no DMARC record',
      `publish a TXT record of _dmarc.${domain}: “v=DMARC1; p=quarantine; rua=mailto:postmaster@${domain}”`,
    )
  if (policy === 'none')
    return warning(
      check,
      `${found.at} asks for nothing (p=none)`,
      'once reports show that all letters pass, set p=quarantine or p=reject',
    )
  if (policy !== 'quarantine' && policy !== 'reject')
    return fault(check, `${found.at} has no policy that receivers know`, 'set p=quarantine or p=reject')
  return ok(check, `${found.at} asks for p=${policy}`)
}

/** The record of a domain, or of the nearest one above it (RFC 9989's walk up the tree, down to two labels). */
async function findDmarc(names: Names, domain: string): Promise<{ at: string; text: string } | undefined> {
  const labels = domain.split('.')
  for (let i = 0; i <= Math.max(0, labels.length - 2); i++) {
    const at = `_dmarc.${labels.slice(i).join('.')}`
    const text = (await textsOf(names, at)).find((one) => /^v=DMARC1(;|\s|$)/i.test(one))
    if (text) return { at, text }
  }
  return undefined
}

async function checkMx({ names, domain }: SenderQuestion): Promise<Finding> {
  const check = `mx ${domain}`
  const [server] = await mailServersOf(names, domain)
  if (server) return ok(check, `replies and returned letters go to ${server}`)
  const { v4, v6 } = await addressesOf(names, domain)
  if (v4.length || v6.length)
    return warning(check, 'there is no MX record: replies go to the address of the domain itself', 'publish one')
  return fault(
    check,
    'no server takes mail for it: replies and returned letters are lost, and many receivers refuse such a sender',
    'publish an MX record',
  )
}
