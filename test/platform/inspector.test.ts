import { afterAll, describe, expect, it } from 'vitest'
import { memorySource } from '../../src/features/files/bytes.ts'
import { createInspector } from '../../src/platform/inspector.ts'
import { docx, external, pdf, relationships } from '../support/office-files.ts'

const inspector = createInspector({ threads: 1 })
const closers = [inspector]
afterAll(async () => {
  for (const one of closers) await one.close()
})

function limited(limits: Parameters<typeof createInspector>[0]) {
  const one = createInspector({ threads: 1, ...limits })
  closers.push(one)
  return one
}

/** Takes the reader some seconds, and gives it nothing to refuse. */
const WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
const slow = docx({ 'word/document.xml': `<w:document ${WORD}>${'<w:p><w:b/></w:p>'.repeat(600_000)}</w:document>` })

describe('a thread that looks at documents', () => {
  it('says what they are, reads their words, and says why one is refused', async () => {
    expect(await inspector.look('check', memorySource(docx()), 'a.docx')).toEqual({ done: 'docx' })
    expect(await inspector.look('words', memorySource(docx()), 'a.docx')).toMatchObject({
      done: { blocks: [{ runs: [{ text: 'Kính thưa các đồng chí.' }] }] },
    })
    const bad = docx({ 'word/_rels/document.xml.rels': relationships(external('frame', 'http://e/')) })
    await expect(inspector.look('check', memorySource(bad), 'a.docx')).rejects.toMatchObject({
      detail: 'file_external',
    })
  })

  it('leaves the loop free: a timer runs a hundred times while a document of seconds is looked at', async () => {
    let turns = 0
    let ended = false
    const look = inspector.look('check', memorySource(slow), 'a.docx').finally(() => {
      ended = true
    })
    while (!ended) {
      await new Promise((resolve) => setTimeout(resolve, 1))
      turns++
    }
    expect(await look).toEqual({ done: 'docx' })
    expect(turns).toBeGreaterThan(100)
  })

  it('is ended where a document takes longer than it may; the next one is looked at by another', async () => {
    const one = limited({ milliseconds: 50 })
    expect(await one.look('check', memorySource(slow), 'a.docx')).toMatchObject({ stopped: 'time' })
    const patient = limited({ milliseconds: 60_000 })
    expect(await patient.look('check', memorySource(pdf()), 'a.pdf')).toEqual({ done: 'pdf' })
  })

  it('is ended where a document takes more memory than it may', async () => {
    const one = limited({ memoryMb: 24, milliseconds: 120_000 })
    const text = Array.from({ length: 190_000 }, (_, i) => `<w:p><w:r><w:b/><w:t>${i} câu văn</w:t></w:r></w:p>`).join(
      '',
    )
    const table = `<w:tbl><w:tr><w:tc>${text}</w:tc></w:tr></w:tbl>`
    const bytes = docx({ 'word/document.xml': `<w:document ${WORD}>${table}</w:document>` })
    expect(await one.look('words', memorySource(bytes), 'a.docx')).toMatchObject({ stopped: 'memory' })
    expect(await one.look('check', memorySource(pdf()), 'a.pdf')).toEqual({ done: 'pdf' })
  })

  it('ends by the clock also while the store is read, and then says that the store was not there', async () => {
    const one = limited({ milliseconds: 3000 })
    const hanging = { size: 100, read: () => new Promise<Uint8Array>(() => undefined) }
    await expect(one.look('check', hanging, 'a.pdf')).rejects.toMatchObject({ code: 'unavailable' })
    expect(await limited({ milliseconds: 60_000 }).look('check', memorySource(pdf()), 'a.pdf')).toEqual({ done: 'pdf' })
  })

  it('says of a failing store that it failed', async () => {
    const one = limited({ milliseconds: 60_000 })
    const gone = { size: 100, read: () => Promise.reject(new Error('the disk is gone')) }
    await expect(one.look('check', gone, 'a.pdf')).rejects.toThrow('the disk is gone')
  })

  it('takes one after another, each begun when its turn comes; too many are sent away', async () => {
    const one = limited({ waiting: 1 })
    const order: string[] = []
    const look = (name: string) =>
      one
        .look('check', memorySource(docx()), name, { begin: async () => void order.push(`begin ${name}`) })
        .then(() => order.push(`end ${name}`))
    const both = [look('a'), look('b')]
    await expect(look('c')).rejects.toMatchObject({ code: 'unavailable' })
    await Promise.all(both)
    expect(order).toEqual(['begin a', 'end a', 'begin b', 'end b'])
  })
})
