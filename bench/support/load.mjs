// Load from `wrk` where it is installed, else from a generator of our own that counts whole responses over wall time.
import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from './service.mjs'

const wrk = spawnSync('wrk', ['-v'], { stdio: 'ignore' }).error === undefined
export const generator = wrk && !process.env.BENCH_OWN_LOAD ? 'wrk' : 'own'

/** Open files this process and its children may have; undefined where there is no shell to ask. */
export function openFileLimit() {
  const { stdout } = spawnSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' })
  const text = stdout?.trim()
  return text === 'unlimited' ? Number.POSITIVE_INFINITY : Number(text) || undefined
}

function output(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    let text = ''
    child.stdout.on('data', (piece) => {
      text += piece
    })
    child.once('error', reject)
    child.once('exit', (code) => (code === 0 ? resolve(text) : reject(new Error(`${command} ended with ${code}`))))
  })
}

/**
 * Asks `url` over `connections` kept-alive connections for `seconds`.
 * @returns responses and errors (sockets and statuses other than 2xx and 3xx) and the seconds it took
 */
export async function load(url, { connections, seconds, headers = {} }) {
  if (generator === 'own') {
    const args = [join(root, 'bench/support/generator.mjs'), url, connections, seconds, JSON.stringify(headers)]
    return JSON.parse(await output(process.execPath, args.map(String)))
  }
  const text = await output('wrk', [
    '-t1',
    `-c${connections}`,
    `-d${seconds}s`,
    '--timeout=20s',
    ...Object.entries(headers).map(([name, value]) => `-H${name}: ${value}`),
    url,
  ])
  const [, responses, took, unit] = /(\d+) requests in ([\d.]+)(ms|s|m)/.exec(text)
  const errors = [...text.matchAll(/(?:connect|read|write|timeout|Non-2xx or 3xx responses:) (\d+)/g)]
  return {
    responses: Number(responses),
    errors: errors.reduce((sum, [, n]) => sum + Number(n), 0),
    seconds: Number(took) * { ms: 0.001, s: 1, m: 60 }[unit],
  }
}

/** Both sides in turns, `rounds` times each, so that what else the machine does falls on both. */
export async function compare(own, bare, options, rounds = 3) {
  const sides = [
    { ...own, responses: 0, errors: 0, seconds: 0 },
    { ...bare, responses: 0, errors: 0, seconds: 0 },
  ]
  for (const side of sides) await load(side.url, { ...options, ...side.options, seconds: 1 })
  for (let round = 0; round < rounds; round++) {
    for (const side of round % 2 ? sides.toReversed() : sides) {
      const one = await load(side.url, { ...options, ...side.options })
      for (const key of ['responses', 'errors', 'seconds']) side[key] += one[key]
    }
  }
  const [a, b] = sides.map((side) => ({ perSecond: side.responses / side.seconds, errors: side.errors }))
  return { value: a.perSecond, baseline: b.perSecond, errors: a.errors, baselineErrors: b.errors }
}
