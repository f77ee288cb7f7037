import manifest from '../package.json' with { type: 'json' }

declare const __BUILD__: string | undefined

/** The version of package.json. */
export const version: string = manifest.version
/** When it was built, and from which commit where that was known; empty in tests and on Workers. */
export const build: string = typeof __BUILD__ === 'undefined' ? '' : __BUILD__
