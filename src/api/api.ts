import type { OpenAPIHono } from '@hono/zod-openapi'
import { answers } from './answers.ts'
import { limitBody, readJson } from './body.ts'
import { invitations } from './invitations.ts'
import { requireKey } from './key.ts'
import { type ApiEnv, createRouter } from './router.ts'
import { seminars } from './seminars.ts'

/** The API, version 1: one file a resource. Everything needs a key; `openapi.ts` describes it. */
export const api: OpenAPIHono<ApiEnv> = createRouter()

api.openAPIRegistry.registerComponent('securitySchemes', 'key', { type: 'http', scheme: 'bearer' })
api.use(requireKey)
api.use(limitBody)
api.use(readJson)
api.route('/', seminars)
api.route('/', invitations)
api.route('/', answers)
