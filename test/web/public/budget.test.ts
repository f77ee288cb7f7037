import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadTestDemo } from '../../support/demo.ts'
import { createOrganization, createSeminar } from '../../support/factories.ts'
import { publish } from '../../support/public.ts'
import { createSeedSeminar } from '../../support/seed.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'

const HTML_MAX = 40 * 1024
const CSS_MAX = 30 * 1024

let server: TestServer
let paths: string[]
beforeAll(async () => {
  server = await startTestServer()
  await loadTestDemo(server)
  const { db } = server.services
  // A full list: as many as a page shows, each with a theme as long as the workshop's and a report.
  const org = await createOrganization(db, { slug: 'day-du', name: 'Thành ủy Đầy Đủ' })
  for (let i = 0; i < 20; i++) {
    const past = await createSeedSeminar(db, org.id, { slug: `cu-${i}` })
    await publish(server.services, past)
    await createSeminar(db, org.id, { slug: `moi-${i}`, theme: past.theme })
  }
  const speeches = await db.selectFrom('presentations').select('id').where('released_at', 'is not', null).execute()
  const article = '/s/phat-trien-dang-vien-2023'
  const own = ['/', '/?q=dang+vien', '/?topic=xay+dung+dang', '/o/uong-bi', '/o/day-du', '/o/day-du?q=nguyen+thang']
  const pages = [
    ...own,
    article,
    `${article}/summary`,
    '/s/moi-0',
    '/calendar',
    '/privacy',
    '/accessibility',
    '/khong-co',
  ]
  const read = speeches.map(({ id }) => `${article}/speeches/${id}/read`)
  paths = [...pages, ...read].flatMap((path) => [path, path.startsWith('/?') ? `/en${path.slice(1)}` : `/en${path}`])
}, 240_000)
afterAll(() => server?.close())

const read = async (path: string) => {
  const answer = await fetch(server.origin + path)
  return { status: answer.status, text: await answer.text() }
}

describe('the budget of a public page', () => {
  it('is 40 KB of HTML, no script that blocks, nothing from elsewhere, on every kind of page', async () => {
    for (const path of paths) {
      const { text } = await read(path)
      expect(new TextEncoder().encode(text).byteLength, path).toBeLessThanOrEqual(HTML_MAX)
      expect(text.match(/<script(?![^>]*type="(module|application\/ld\+json)")/g), path).toBeNull()
      const fetched = [...text.matchAll(/(?:src|srcset|href)="([^"]*)"[^>]*>/g)].filter(([tag]) =>
        /rel="(preload|stylesheet|icon)"|src/.test(tag),
      )
      for (const [, address] of fetched) expect(address, path).not.toMatch(/^(https?:)?\/\//)
    }
  })

  it('is 30 KB of style in one file', async () => {
    for (const path of paths) {
      const sheets = [...(await read(path)).text.matchAll(/<link rel="stylesheet" href="([^"]*)"/g)].map(
        (match) => match[1],
      )
      expect(sheets, path).toHaveLength(1)
      expect(readFileSync(`dist/public${sheets[0]}`).byteLength).toBeLessThanOrEqual(CSS_MAX)
    }
  })

  it('fetches each face once, ahead, in the Vietnamese and Latin subsets', async () => {
    for (const path of paths) {
      const faces = [
        ...(await read(path)).text.matchAll(/<link rel="preload" href="([^"]*\.woff2)" as="font"[^>]*crossorigin/g),
      ].map((match) => match[1] as string)
      expect(faces.length, path).toBe(6)
      expect(new Set(faces).size, path).toBe(6)
      for (const face of faces) expect(face).toMatch(/^\/assets\/[a-z0-9-]+-(vietnamese|latin)-[a-zA-Z0-9-]+\.woff2$/)
      const bytes = faces.reduce((sum, face) => sum + readFileSync(`dist/public${face}`).byteLength, 0)
      expect(bytes).toBeLessThan(200 * 1024)
    }
  })
})
