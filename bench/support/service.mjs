// Starts what is measured, each in a process of its own on loopback, and stops it by its own handle.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
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
  // Forms are taken from pages opened at this address alone.
  const own = { PORT: String(port), BASE_URL: `http://127.0.0.1:${port}` }
  return runOn(port, process.execPath, args, { ...env, ...own }, readyPath)
}

async function runOn(port, command, args, env, readyPath) {
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
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

/** The same with one select of a seminar at `/:id`. */
export const startBareApi = (database, organization, id) =>
  run([join(root, 'bench/support/bare-api.mjs')], { DATABASE: database, ORGANIZATION: organization }, `/${id}`)

/** nginx sending a file's bytes on as many cores as there are; undefined where it is not installed. */
export async function startNginx(folder, file, type) {
  if (spawnSync('nginx', ['-v'], { stdio: 'ignore' }).error) return undefined
  const port = await freePort()
  const config = join(folder, 'nginx.conf')
  writeFileSync(
    config,
    `daemon off; ${process.getuid?.() === 0 ? 'user root; ' : ''}worker_processes auto; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
events { worker_connections 8192; multi_accept on; }
http {
  access_log off; sendfile on; keepalive_requests 100000000; open_file_cache max=10;
  client_body_temp_path ${folder}/b; proxy_temp_path ${folder}/p; fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location = /page { alias ${file}; types {} default_type "${type}"; add_header Content-Encoding gzip; }
  }
}
`,
  )
  return runOn(port, 'nginx', ['-c', config, '-p', folder], {}, '/page')
}
