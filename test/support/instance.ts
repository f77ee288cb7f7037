import { type ChildProcess, spawn } from 'node:child_process'

export interface Instance {
  port: number
  origin: string
  pid: number
  /** What it wrote: standard output and the log. */
  output(): string
  /** Its exit code, or the signal that ended it. */
  ended: Promise<number | string | null>
  kill(signal: NodeJS.Signals): void
}

/**
 * The whole service as a process of its own, from the build (`npm test` builds first): HTTP, its timer, its connections.
 * `env` says the rest: DATABASE_URL, BASE_URL, keys.
 */
export async function startInstance(port: number, env: Record<string, string>): Promise<Instance> {
  const child: ChildProcess = spawn(process.execPath, ['dist/server.js'], {
    env: { PATH: process.env.PATH, PORT: String(port), LOG_LEVEL: 'warn', ...env } as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  child.stdout?.on('data', (chunk) => (text += chunk))
  child.stderr?.on('data', (chunk) => (text += chunk))
  const ended = new Promise<number | string | null>((resolve) =>
    child.once('exit', (code, signal) => resolve(code ?? signal)),
  )
  const origin = `http://127.0.0.1:${port}`
  for (let i = 0; i < 1200; i++) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(text)
    if ((await fetch(`${origin}/readyz`).catch(() => undefined))?.ok)
      return {
        port,
        origin,
        pid: child.pid as number,
        output: () => text,
        ended,
        kill: (signal) => void (child.exitCode === null && child.signalCode === null && child.kill(signal)),
      }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  child.kill('SIGKILL')
  throw new Error(`not ready: ${text}`)
}
