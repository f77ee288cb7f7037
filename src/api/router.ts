import { OpenAPIHono } from '@hono/zod-openapi'
import type { Variables } from '../env.ts'
import { refuseInvalid } from './invalid.ts'
import type { ApiKey } from './key.ts'

/** What a handler of the API is given: the key that asks, and its organisation with it. */
export type ApiEnv = { Variables: Variables & { key: ApiKey } }

/** A resource's routes: each is validated, typed and described by one schema. */
export function createRouter(): OpenAPIHono<ApiEnv> {
  return new OpenAPIHono<ApiEnv>({ defaultHook: refuseInvalid })
}
