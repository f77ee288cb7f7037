import { createApp } from './app.ts'
import { ConfigError } from './config.ts'
import { runDueTasks } from './tasks.ts'
import { setAssets } from './web/assets.ts'
import { type Build, readBuild, type WorkerEnv } from './worker/env.ts'
import { openServices, type WorkerServices } from './worker/services.ts'

// What a module keeps is shared by requests that must not share connections: the routes and the build's names, no more.
const app = createApp((env) => (env as { services: WorkerServices }).services)
let build: Promise<Build> | undefined

interface ExecutionContext {
  waitUntil(work: Promise<unknown>): void
}

async function open(env: WorkerEnv): Promise<WorkerServices> {
  build ??= readBuild(env).catch((error) => {
    build = undefined
    throw error
  })
  const { names, migrations } = await build
  setAssets(names)
  return openServices(env, migrations)
}

/** Workers would compress once more what the application has compressed, unless they are told that it is. */
function encodedOnce(answer: Response): Response {
  if (!answer.headers.has('content-encoding')) return answer
  const { status, headers } = answer
  return new Response(answer.body, { status, headers, encodeBody: 'manual' } as ResponseInit)
}

/** The same application on Cloudflare Workers: `fetch` answers, `scheduled` does what is due, once a minute. */
export default {
  async fetch(request: Request, env: WorkerEnv, ctx: ExecutionContext): Promise<Response> {
    let services: WorkerServices
    try {
      services = await open(env)
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      console.error(`configuration: ${error.message}`)
      return new Response(`hoithao is not configured: ${error.message}\n`, {
        status: 503,
        headers: { 'Content-Type': 'text/plain; charset=utf-8' },
      })
    }
    try {
      return encodedOnce(await app.fetch(request, { services }))
    } finally {
      ctx.waitUntil(services.close())
    }
  },

  async scheduled(_event: unknown, env: WorkerEnv, ctx: ExecutionContext): Promise<void> {
    const services = await open(env)
    try {
      // A run a minute: letters are begun for most of it.
      await runDueTasks(services, { worker: `workers:${crypto.randomUUID()}`, runSeconds: 50 })
    } finally {
      ctx.waitUntil(services.close())
    }
  },
}
