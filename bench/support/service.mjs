// Starts what is measured, each in a process of its own on loopback, and stops it by its own handle.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

export const freePort = () =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })

/** Polls an address until it answers 2xx. @throws Error when the process ends first, or after 60 s */
async function ready(url, child) {
  for (let i = 0; i < 2400; i++) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`)
    if ((await fetch(url).catch(() => undefined))?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error(`${url} never answered`)
}

async function run(args, env, readyPath) {
  const port = await freePort()
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env, PORT: String(port) },
    stdio: ['ignore', 'ignore', process.env.BENCH_STDERR ? 'inherit' : 'ignore'],
  })
  const origin = `http://127.0.0.1:${port}`
  await ready(origin + readyPath, child)
  return {
    origin,
    pid: child.pid,
    async stop() {
      if (child.exitCode !== null) return
      child.kill('SIGTERM')
      await new Promise((resolve) => child.once('exit', resolve))
    },
  }
}

/** The whole service with its demo, as `npm start` runs it, in a folder of its own. */
export async function startService(env = {}) {
  const dataDir = mkdtempSync(join(tmpdir(), 'hoithao-bench-'))
  const service = await run([join(root, 'scripts/start.mjs')], { DATA_DIR: dataDir, ...env }, '/readyz')
  return {
    ...service,
    dataDir,
    async stop() {
      await service.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** A bare Hono application: `/page` sends the bytes of a file with one header, `/unchanged` a 304. */
export const startBare = (file, type) =>
  run([join(root, 'bench/support/bare.mjs')], { BARE_FILE: file, BARE_TYPE: type }, '/page')
