import { describe, expect, it } from 'vitest'
import { fairTurns } from '../../src/platform/fair-turns.ts'

/** Work that lasts until it is told to end; `log` says who began, in order. */
function stage(running: number, waiting = 50) {
  const turn = fairTurns({ running, waiting })
  const log: string[] = []
  const ends: (() => void)[] = []
  const ask = (name: string, ...lanes: string[]) =>
    turn(lanes).then((end) => {
      log.push(name)
      ends.push(end)
    })
  const settled = () => new Promise((resolve) => setImmediate(resolve))
  return {
    log,
    ask,
    settled,
    async endOne() {
      ends.shift()?.()
      await settled()
    },
  }
}

describe('turns of what strangers send', () => {
  it('go round by speech, seminar and organisation: whoever sends many waits behind who sends one', async () => {
    const s = stage(1)
    for (let i = 0; i < 4; i++) void s.ask(`evil ${i}`, 'o', 's', 'evil')
    void s.ask('other speech', 'o', 's', 'p')
    for (let i = 0; i < 4; i++) void s.ask(`evil too ${i}`, 'o', 's', 'evil too')
    void s.ask('other seminar', 'o', 't', 'p')
    void s.ask('other organisation', 'n', 't', 'p')
    await s.settled()
    for (let i = 0; i < 5; i++) await s.endOne()
    expect(s.log.slice(0, 3)).toEqual(['evil 0', 'other organisation', 'other seminar'])
    expect(s.log.slice(3, 5)).toEqual(['other speech', 'evil too 0'])
  })

  it('never give one speech all the places', async () => {
    const s = stage(2)
    for (let i = 0; i < 3; i++) void s.ask(`evil ${i}`, 'o', 's', 'evil')
    await s.settled()
    expect(s.log).toEqual(['evil 0'])
    void s.ask('honest', 'o', 's', 'p')
    await s.settled()
    expect(s.log).toEqual(['evil 0', 'honest'])
    await s.endOne()
    await s.endOne()
    expect(s.log).toEqual(['evil 0', 'honest', 'evil 1'])
  })

  it('are bounded for each: the eleventh of one speech is sent away while others are still taken', async () => {
    const s = stage(1)
    void s.ask('evil', 'o', 's', 'evil')
    for (let i = 0; i < 10; i++) void s.ask('evil', 'o', 's', 'evil')
    await expect(s.ask('evil', 'o', 's', 'evil')).rejects.toMatchObject({ code: 'unavailable' })
    void s.ask('honest', 'o', 's', 'p')
    await s.endOne()
    expect(s.log).toContain('honest')
    const many = Array.from({ length: 40 }, (_, i) => s.ask('seminar', 'o', 's', `q${i}`).catch(() => 'away'))
    void s.ask('other seminar', 'o', 't', 'p')
    await s.settled()
    await s.endOne()
    expect(s.log).toContain('other seminar')
    for (let i = 0; i < 60; i++) await s.endOne()
    expect((await Promise.all(many)).filter((one) => one === 'away').length).toBeGreaterThan(15)
  })

  it('are all given in the end', async () => {
    const s = stage(2)
    for (let i = 0; i < 12; i++) void s.ask(`${i}`, 'o', `s${i % 3}`, `p${i % 6}`)
    await s.settled()
    for (let i = 0; i < 12; i++) await s.endOne()
    expect(s.log).toHaveLength(12)
  })
})
