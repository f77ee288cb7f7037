// Section 5 of the design as rules: who may import whom.
const features = '^src/features/'
const leaves = 'calendar|mail|files|audit|links|presence|tasks|idempotency|identity'
const order = ['accounts|organizations|directory', 'seminars', 'invitations|presentations', 'attendance|summaries|documents', 'needs|deployment']
const above = (level) => order.slice(level + 1).join('|')

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    { name: 'entries-are-not-imported', severity: 'error', from: { pathNot: '^src/(node|worker|cli)' }, to: { path: '^src/(node\\.ts|worker\\.ts|cli\\.ts|node/)' } },
    { name: 'platform-only-by-entries', severity: 'error', from: { path: '^src/', pathNot: '^src/(node|worker|cli|platform)' }, to: { path: '^src/platform/' } },
    { name: 'node-only-in-platform', severity: 'error', from: { path: '^src/', pathNot: '^src/(node|worker|cli|platform)' }, to: { path: '^(node:|cloudflare:)' } },
    { name: 'no-core-modules', severity: 'error', from: { path: '^src/', pathNot: '^src/(node|worker|cli|platform)' }, to: { dependencyTypes: ['core'] } },
    { name: 'web-not-api', severity: 'error', from: { path: '^src/(web|inbox)' }, to: { path: '^src/api' } },
    { name: 'http-knows-no-shell', severity: 'error', from: { path: '^src/http' }, to: { path: '^src/(web|api|inbox)/' } },
    { name: 'api-not-web', severity: 'error', from: { path: '^src/(api|inbox)' }, to: { path: '^src/web' } },
    { name: 'features-know-no-shell', severity: 'error', from: { path: features }, to: { path: '^src/(web|api|inbox|tasks|app|services|demo)', dependencyTypesNot: ['type-only'] } },
    { name: 'features-know-no-hono', severity: 'error', from: { path: features, pathNot: '\\.tsx$' }, to: { path: 'node_modules/hono/' } },
    { name: 'leaves-know-no-feature', severity: 'error', from: { path: `^src/features/(${leaves})/` }, to: { path: features, pathNot: `^src/features/(${leaves})/` } },
    ...order.slice(0, -1).map((names, level) => ({
      name: `order-${level}`,
      severity: 'error',
      from: { path: `^src/features/(${names})/` },
      to: { path: `^src/features/(${above(level)})/`, dependencyTypesNot: ['type-only'] },
    })),
    { name: 'rules-are-pure', severity: 'error', from: { path: 'features/[^/]+/rules\\.ts$' }, to: { path: '^src/', pathNot: '(schema|rules)\\.ts$|^src/(text/|temporal|context|errors)' } },
    { name: 'shells-build-no-queries', severity: 'error', from: { path: '^src/(web|api|http|inbox)/', pathNot: 'health\\.ts$' }, to: { path: 'node_modules/(kysely|postgres)/', dependencyTypesNot: ['type-only'] } },
    { name: 'not-resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.json', '.mjs', '.js'], exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
}
