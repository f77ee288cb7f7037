// `npm run cli -- <command>`: see `node/cli/main.ts`. The Node version is checked before any other import.
const major = Number(process.versions.node.split('.')[0])
if (major < 24) {
  console.error(`hoithao needs Node 24 or later; this is ${process.version}.`)
  process.exit(1)
}
const { main } = await import('./node/cli/main.ts')
process.exitCode = await main(process.argv.slice(2))

export {}
