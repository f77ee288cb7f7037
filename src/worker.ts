import { createApp } from './app.ts'
import { ConfigError } from './config.ts'
import { runDueTasks } from './tasks.ts'
import { setAssets } from './web/assets.ts'
import { type Build, readBuild, type WorkerEnv } from './worker/env.ts'
import { assertOwn } from './worker/identity.ts'
import { openServices, type WorkerServices } from './worker/services.ts'

// What a module keeps is shared by requests that must not share connections: the routes and the build's names, no more.
const app = createApp((env) => (env as { services: WorkerServices }).services)
let build: Promise<Build> | undefined
// Whether database, bucket and LINK_KEY were found to belong together, since this isolate began.
let recognized = false

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

/** @throws ConfigError in one line where database, bucket and LINK_KEY do not belong together */
async function recognize(services: WorkerServices): Promise<void> {
  if (recognized) return
  await assertOwn(services)
  recognized = true
}

function refusal(error: ConfigError): Response {
  console.error(`configuration: ${error.message}`)
  return new Response(`hoithao is not configured: ${error.message}\n`, {
    status: 503,
    headers: { 'Content-Type': 'text/plain; charset=utf-8' },
  })
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
      return refusal(error)
    }
    try {
      // A database or bucket that is away is told by the page that needs it, as at any other time.
      const stranger = await recognize(services).catch((error: unknown) => error)
      if (stranger instanceof ConfigError) return refusal(stranger)
      return encodedOnce(await app.fetch(request, { services }))
    } finally {
      ctx.waitUntil(services.close())
    }
  },

  async scheduled(_event: unknown, env: WorkerEnv, ctx: ExecutionContext): Promise<void> {
    const services = await open(env)
    try {
      await recognize(services)
      // A run a minute: letters are begun for most of it.
      await runDueTasks(services, { worker: `workers:${crypto.randomUUID()}`, runSeconds: 50 })
    } finally {
      ctx.waitUntil(services.close())
    }
  },
}
