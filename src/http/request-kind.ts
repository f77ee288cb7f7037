import type { RequestKind } from '../services.ts'

const KINDS: Record<string, RequestKind> = {
  api: 'api',
  console: 'console',
  'sign-in': 'console',
  'sign-out': 'console',
  forgot: 'console',
  setup: 'console',
  join: 'console',
  reset: 'console',
  i: 'delegate',
  p: 'delegate',
  u: 'delegate',
  c: 'delegate',
  invitation: 'delegate',
  presentation: 'delegate',
  nomination: 'delegate',
  healthz: 'health',
  readyz: 'health',
  metrics: 'health',
}

/** Whose door a path is: by its first segment, after the language. */
export function requestKind(path: string): RequestKind {
  const [first = '', second = ''] = path.slice(1, 60).split('/')
  return KINDS[first === 'en' ? second : first] ?? 'public'
}
