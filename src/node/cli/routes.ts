import { createApp } from '../../app.ts'
import type { Services } from '../../services.ts'
import type { Options, Say } from './options.ts'

/** `routes`: every address the application answers, by path; `+en` marks those that exist in English too. */
export async function printRoutes(_options: Options, say: Say): Promise<void> {
  // Services are used by requests alone; listing routes makes none.
  const { routes } = createApp({} as Services)
  const own = routes.filter((route) => route.method !== 'ALL')
  const known = new Set(own.map((route) => `${route.method} ${route.path}`))
  const lines = [
    ...new Set(own.filter((route) => !/^\/en(\/|$)/.test(route.path)).map((route) => `${route.path} ${route.method}`)),
  ]
  for (const line of lines.sort()) {
    const [path, method] = line.split(' ') as [string, string]
    const english = known.has(`${method} /en${path === '/' ? '' : path}`) || known.has(`${method} /en${path}`)
    say(`${method.padEnd(7)} ${path}${english ? '  +en' : ''}`)
  }
}
