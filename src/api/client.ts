import { hc } from 'hono/client'
import type { Api } from './api.ts'

/** Calls the API of a service with a key, typed by the routes themselves: a path, a field or an answer that is none does not compile. */
export function createClient(origin: string, key: string) {
  return hc<Api>(`${origin}/api/v1`, { headers: { Authorization: `Bearer ${key}` } })
}
