// `npm run --silent cli -- <command>`: builds when stale, quietly, then runs the command.
const major = Number(process.versions.node.split('.')[0])
if (major < 24) {
  console.error(
    `hoithao needs Node 24 or later; this is ${process.version}. \`npm ci\` brings its own: run \`npm run cli\`.`,
  )
  process.exit(1)
}
const { build } = await import('./build.mjs')
const missing = await import('esbuild').then(
  () => false,
  () => true,
)
if (!missing) await build({ ifStale: true })
await import('../dist/cli.js')
