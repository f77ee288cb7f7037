import { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { AppEnv, Variables } from '../env.ts'
import { refuseInvalid } from './invalid.ts'
import type { ApiKey } from './key.ts'

/** What a handler of the API is given: the key that asks, and its organisation with it. */
export type ApiEnv = { Variables: Variables & { key: ApiKey } }

/** A resource's routes: each is validated, typed and described by one schema. */
export function createRouter(): OpenAPIHono<ApiEnv> {
  return new OpenAPIHono<ApiEnv>({ defaultHook: refuseInvalid })
}

/** The context as what is shared with pages knows it: everything it has, but for the key. */
export function asPage(c: Context<ApiEnv>): Context<AppEnv> {
  return c as unknown as Context<AppEnv>
}
