import type { ApiScope } from '../features/accounts/schema.ts'

/** What owners alone see or change in the console. */
const administration = /^\/(members|member-invitations|keys)(\/|$)/

/** A personal link opens what it is for in its owner's name: whoever may only read does not see it. */
const personal = /^\/(invitations|speeches)\/[^/]+\/link$/

/** The scope an operation needs; `path` is as the description has it, without `/api/v1`. */
export function neededScope(method: string, path: string): ApiScope {
  const reads = ['get', 'head'].includes(method.toLowerCase())
  if (administration.test(path) || (path === '/organization' && !reads)) return 'admin'
  return reads && !personal.test(path) ? 'read' : 'write'
}
