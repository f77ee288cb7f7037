import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestApp, type TestApp, testOrigin } from '../support/app.ts'

let t: TestApp
beforeAll(async () => {
  t = await createTestApp()
})
afterAll(() => t.close())

it.each([
  '//evil.example',
  '///evil.example/a',
  '/en//evil.example',
  '/en///evil.example?x=1',
  '/en/\\evil.example',
  '/\\/evil.example',
  '/en/\t/evil.example',
  '/console//evil.example',
  '/en//console/x',
  '/en/en//evil.example',
  '/.//evil.example',
  '/en/..//evil.example',
  '/sign-in?next=//evil.example',
  '/en/sign-in?next=/\\evil.example',
])('leads nowhere else from %s', async (path) => {
  const answer = await t.app.request(testOrigin + path)
  expect(answer.headers.get('location') ?? '/').toMatch(/^\/(?![/\\])/)
  for (const [, link] of (await answer.text()).matchAll(/\s(?:href|action|src|value)="([^"]*)"/g))
    expect(link).not.toMatch(/^[/\\]{2}/)
})
