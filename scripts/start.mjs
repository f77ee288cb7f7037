// `npm start`: builds when stale, then serves. Runs on the Node that npm finds first: the one pinned in devDependencies.
const major = Number(process.versions.node.split('.')[0])
if (major < 24) {
  console.error(
    `hoithao needs Node 24 or later; this is ${process.version}. \`npm ci\` brings its own: run \`npm start\`.`,
  )
  process.exit(1)
}
const { build } = await import('./build.mjs')
const missing = await import('esbuild').then(
  () => false,
  () => true,
)
if (!missing) await build({ ifStale: true })
await import('../dist/server.js')
