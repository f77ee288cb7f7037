import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { problemSchema } from '../../src/api/schemas.ts'
import { cleanLine, cleanText } from '../../src/text/fold.ts'
import { type TestApp, testOrigin } from '../support/app.ts'
import { type Planted, requestsOf, type Sent } from './arbitraries.ts'
import {
  createStage,
  filled,
  type Operation,
  operations,
  paramsOf,
  resolved,
  type Stage,
  stageOrganization,
} from './stage.ts'
import { type Answer, bodyOf, expectDescribed } from './support.ts'

/** Set both to see a failure again, or to look longer: FUZZ_SEED=… FUZZ_RUNS=500. */
const seed = Number(process.env.FUZZ_SEED ?? Math.trunc(Math.random() * 2 ** 31))
const numRuns = Number(process.env.FUZZ_RUNS ?? 30)
/** All operations together stay under a minute on a slow machine. */
const interruptAfterTimeLimit = process.env.FUZZ_RUNS ? 600_000 : 500

let t: TestApp
let own: Stage
let foreign: Stage
let ids: string[]
let cursors: string[]
let secrets: string[]
beforeAll(async () => {
  t = await createStage()
  own = await stageOrganization(t)
  foreign = await stageOrganization(t)
  ids = [...uuidsOf(own.ids), ...uuidsOf(foreign.ids)]
  cursors = (await Promise.all([own, foreign].map(cursorsOf))).flat()
  secrets = [foreign.organization.id, ...uuidsOf(foreign.ids)]
  console.info(`fuzz: FUZZ_SEED=${seed}`)
})
afterAll(() => t.close())

const uuidsOf = (from: Record<string, unknown>) =>
  JSON.stringify(from).match(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g) as string[]

/** Cursors of every list of an organisation: each is tried on every other. */
async function cursorsOf(stage: Stage): Promise<string[]> {
  const lists = operations.filter(({ id, method }) => method === 'GET' && id.startsWith('list'))
  const found: string[] = []
  for (const list of lists) {
    const params = paramsOf(stage, list)
    const path = list.path.replace(/\{(\w+)\}/g, (_, name: string) => params[name] as string)
    const { next } = (await stage.caller.call('GET', `${path}?limit=1`)).body
    if (next) found.push(next)
  }
  return found
}

async function send({ method }: Operation, { path, query, headers, body }: Sent): Promise<Answer | undefined> {
  const wanted = new Headers({ authorization: `Bearer ${own.caller.key}` })
  for (const [name, value] of Object.entries(headers)) {
    // What fetch itself refuses never reaches a server.
    try {
      wanted.set(name, value)
    } catch {
      return undefined
    }
  }
  const sent = method === 'GET' || method === 'OPTIONS' ? undefined : body
  const answer = await t.app.request(`${testOrigin}/api/v1${path}${query}`, {
    method,
    headers: wanted,
    ...(sent === undefined ? {} : { body: typeof sent === 'string' ? sent : new Uint8Array(sent) }),
  })
  return { status: answer.status, headers: answer.headers, body: await bodyOf(answer) }
}

const taken = new Set(['taken', 'on_list', 'account_exists'])

/** A text that was taken comes back as it was, cleaned of what hides; one that was refused is refused by its field's name. */
function expectFaithful({ field, text, alone }: Planted, { status, body }: Answer): void {
  if (status === 200 || status === 201) {
    if (!body || typeof body[field] !== 'string') return
    expect([text, cleanLine(text), cleanText(text)], field).toContain(body[field])
  } else if (status === 422 && body.code === 'invalid') {
    expect(body.errors.length).toBeGreaterThan(0)
    // An earlier request may have taken what the rest of the body says.
    const own = body.errors.filter((error: { code: string }) => !taken.has(error.code))
    const named = own.map((error: { pointer: string }) => error.pointer)
    if (alone && named.length) expect(named, JSON.stringify(text)).toContainEqual(expect.stringContaining(`#/${field}`))
  }
}

const inTurn = ['OPTIONS', 'GET', 'POST', 'PATCH', 'PUT', 'DELETE']
const walk = [...operations].sort((a, b) => inTurn.indexOf(a.method) - inTurn.indexOf(b.method))

describe(`whatever is sent (FUZZ_SEED=${seed})`, () => {
  it.each(walk.map((operation) => [operation.id, operation] as const))(
    'is answered as described, never by a fault of ours: %s',
    { timeout: 700_000 },
    async (_, operation) => {
      const schema = operation.described.requestBody?.content['application/json']?.schema
      const example = schema && filled(own, operation, resolved(schema).example)
      const given = { own: paramsOf(own, operation), foreign: paramsOf(foreign, operation), ids, cursors, example }
      await fc.assert(
        fc.asyncProperty(requestsOf(operation, given), async (request) => {
          const answer = await send(operation, request)
          if (!answer) return
          const what = `${operation.method} ${request.path}${request.query}`
          expect(answer.status, `${what}: ${JSON.stringify(answer.body)}`).toBeLessThan(500)
          expectDescribed(operation.method, request.path, answer)
          if (answer.status >= 400 && answer.headers.get('content-type')?.includes('problem'))
            problemSchema.parse(answer.body)
          if (request.planted) expectFaithful(request.planted, answer)
          const said = JSON.stringify(answer.body) ?? ''
          const asked = JSON.stringify(request)
          expect(
            secrets.filter((secret) => said.includes(secret) && !asked.includes(secret)),
            what,
          ).toEqual([])
        }),
        { seed, numRuns, interruptAfterTimeLimit, markInterruptAsFailure: false, endOnFailure: true },
      )
    },
  )

  it('has shown or changed nothing of another organisation', async () => {
    const still = await foreign.caller.call('GET', `/seminars/${foreign.ids.seminar}`)
    expect([still.status, still.body.version]).toEqual([200, 2])
    const listed = JSON.stringify((await own.caller.call('GET', '/audit-events?limit=100')).body)
    expect(secrets.filter((secret) => listed.includes(secret))).toEqual([])
  })
})
