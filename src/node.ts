// The Node version is checked before any other import: an older Node would fail in words that help nobody.
const major = Number(process.versions.node.split('.')[0])
if (major < 24) {
  console.error(`hoithao needs Node 24 or later; this is ${process.version}.`)
  process.exit(1)
}
const { main } = await import('./node/main.ts')
await main()

export {}
