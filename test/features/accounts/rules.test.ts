import fc from 'fast-check'
import { expect, it } from 'vitest'
import { attemptsAllowed, invitationState, ownPath, signInLimits } from '../../../src/features/accounts/rules.ts'

it.each([
  ['/console/minh-ha?x=1#y', '/console/minh-ha?x=1#y'],
  ['/en/join/abc', '/en/join/abc'],
  [undefined, '/console'],
  ['', '/console'],
  ['console', '/console'],
  ['//evil.example', '/console'],
  ['/\\evil.example', '/console'],
  ['/\t/evil.example', '/console'],
  ['/a\\b', '/console'],
  ['https://evil.example/', '/console'],
  ['javascript:alert(1)', '/console'],
  ['/'.padEnd(2000, 'a'), '/console'],
])('leads from %j on to %j only', (next, path) => {
  expect(ownPath(next, '/console')).toBe(path)
})

it('never leads to another origin, whatever the text', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('/', '\\', '\t', '\n', '.', 'a', ':', '@', '%') })),
      (next) => {
        expect(new URL(ownPath(next, '/console'), 'https://own.example').origin).toBe('https://own.example')
      },
    ),
  )
})

it('leaves an account under attack open to each address', () => {
  expect(attemptsAllowed(1)).toBe(signInLimits.perAccountAndAddress)
  expect(attemptsAllowed(1_000_000)).toBeGreaterThan(0)
})

it.each([
  [{ accepted_at: new Date(0) }, 'accepted'],
  [{ withdrawn_at: new Date(0) }, 'withdrawn'],
  [{ expires_at: new Date(1000) }, 'expired'],
  [{}, 'open'],
])('tells how an invitation of a colleague stands: %j', (facts, state) => {
  const invitation = { accepted_at: null, withdrawn_at: null, expires_at: new Date(3000), ...facts }
  expect(invitationState(invitation, new Date(2000))).toBe(state)
})
