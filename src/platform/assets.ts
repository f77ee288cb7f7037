import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

const types: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}
interface Asset {
  type: string
  plain: Uint8Array<ArrayBuffer>
  br?: Uint8Array<ArrayBuffer>
  gzip?: Uint8Array<ArrayBuffer>
}

/**
 * Reads the built assets into memory, compressed once. `respond` answers /assets/<name>: names change with content, so
 * they may be kept for ever. On Workers the platform serves the same folder.
 */
export async function loadAssets(dist: string) {
  const names: Record<string, string> = JSON.parse(await readFile(join(dist, 'manifest.json'), 'utf8'))
  const assets = new Map<string, Asset>()
  const folder = join(dist, 'public', 'assets')
  for (const name of await readdir(folder)) {
    const plain = new Uint8Array(await readFile(join(folder, name)))
    const asset: Asset = { type: types[extname(name)] ?? 'application/octet-stream', plain }
    if (/\.(css|js|svg)$/.test(name)) {
      asset.br = new Uint8Array(
        await promisify(brotliCompress)(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } }),
      )
      asset.gzip = new Uint8Array(await promisify(gzip)(plain))
    }
    assets.set(`/assets/${name}`, asset)
  }
  return {
    names,
    respond(request: Request): Response | undefined {
      const { url } = request
      const found = url.includes('/assets/') ? assets.get(new URL(url).pathname) : undefined
      if (!found) return undefined
      const accepts = request.headers.get('accept-encoding') ?? ''
      const encoding =
        found.br && /\bbr\b/.test(accepts) ? 'br' : found.gzip && /\bgzip\b/.test(accepts) ? 'gzip' : undefined
      const headers = new Headers({
        'Content-Type': found.type,
        'Cache-Control': 'public, max-age=31536000, immutable',
        'X-Content-Type-Options': 'nosniff',
      })
      if (found.br) headers.set('Vary', 'Accept-Encoding')
      if (encoding) headers.set('Content-Encoding', encoding)
      return new Response(request.method === 'HEAD' ? null : (encoding && found[encoding]) || found.plain, { headers })
    },
  }
}
