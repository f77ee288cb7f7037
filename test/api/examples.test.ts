import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { api } from '../../src/api/api.ts'
import type { TestApp } from '../support/app.ts'
import {
  addressOf,
  createStage,
  description,
  filled,
  type Operation,
  operations,
  paramsOf,
  resolved,
  type Stage,
  stageOrganization,
} from './stage.ts'

let t: TestApp
let stage: Stage
beforeAll(async () => {
  t = await createStage()
  stage = await stageOrganization(t)
})
afterAll(() => t.close())

const json = (content: Record<string, { schema: unknown }> | undefined) => content?.['application/json']?.schema
const takesFile = ({ described }: Operation) => described.requestBody && !json(described.requestBody.content)
const inTurn = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
const tried = operations
  .filter(
    (operation) =>
      inTurn.includes(operation.method) && !takesFile(operation) && !operation.path.endsWith('/uploads/{upload}'),
  )
  .sort((a, b) => inTurn.indexOf(a.method) - inTurn.indexOf(b.method))

describe('an example of a request', () => {
  it('is there for every operation that takes JSON', () => {
    const bare = operations.filter(({ described }) => {
      const schema = json(described.requestBody?.content)
      return schema && resolved(schema).example === undefined
    })
    expect(bare.map(({ id }) => id)).toEqual([])
  })

  // GET first, DELETE last: what one operation needs, another has not taken away.
  it.each(tried.map((operation) => [operation.id, operation] as const))('is accepted: %s', async (_, operation) => {
    const schema = json(operation.described.requestBody?.content)
    const body = schema && filled(stage, operation, resolved(schema).example)
    const address = addressOf(operation, paramsOf(stage, operation))
    const answer = await stage.caller.call(operation.method, address, body, { 'if-match': '*' })
    expect([answer.status, answer.body]).toEqual([expect.toSatisfy((status) => status < 300), answer.body])
  })
})

describe('an example of an answer', () => {
  const routes = new Map(
    api.openAPIRegistry.definitions.flatMap((d) => (d.type === 'route' ? [[d.route.operationId, d.route]] : [])),
  )
  const answers = operations.flatMap((operation) =>
    Object.entries(operation.described.responses as Record<string, { content?: Record<string, { schema: unknown }> }>)
      .filter(([status, response]) => status < '300' && json(response.content))
      .map(([status, response]) => ({ operation, status, example: resolved(json(response.content)).example })),
  )

  it('is there for every answer in JSON', () => {
    expect(answers.length).toBeGreaterThan(80)
    const bare = answers.filter(({ example }) => example === undefined)
    expect(bare.map(({ operation }) => operation.id)).toEqual([])
  })

  it('is what its schema says, and nothing else', () => {
    for (const { operation, status, example } of answers) {
      const response = routes.get(operation.id)?.responses[status] as unknown as {
        content: Record<string, { schema: z.ZodType }>
      }
      const schema = response.content['application/json']?.schema as z.ZodType
      expect([operation.id, schema.parse(example)]).toEqual([operation.id, example])
    }
  })

  it('names no real address and no real key', () => {
    expect(JSON.stringify(description)).not.toMatch(/ht_[A-Za-z0-9_-]{43}/)
  })
})
