import { expect, it } from 'vitest'
import { DomainError } from '../../../src/errors.ts'
import { budgetFor } from '../../../src/features/files/budget.ts'
import { memorySource } from '../../../src/features/files/bytes.ts'
import { checkDocument } from '../../../src/features/files/content.ts'
import { readDocx } from '../../../src/features/files/docx.ts'
import { adversarial } from '../../support/adversarial.ts'

// Steps are counted, not time: a document of twice the size may cost twice as much, and a little more.
it.each(Object.entries(adversarial))('%s costs no more than its size', async (_, make) => {
  const steps = async (n: number) => {
    const bytes = make(n)
    const budgets = [budgetFor(bytes.byteLength), budgetFor(bytes.byteLength)] as const
    const source = memorySource(bytes)
    for (const look of [checkDocument(source, 'a.docx', budgets[0]), readDocx(source, budgets[1])])
      await look.catch((error) => {
        if (!(error instanceof DomainError)) throw error
      })
    return budgets[0].spent + budgets[1].spent
  }
  const [half, full] = [await steps(100_000), await steps(200_000)]
  expect(full / half).toBeLessThanOrEqual(2.5)
})

it('the documents that stopped the service end, at their full size', async () => {
  for (const [name, n] of [
    ['fields without an end', 18_000_000],
    ['a relationship of one word', 1_000_000],
  ] as const) {
    const bytes = (adversarial[name] as (n: number) => Uint8Array)(n)
    await expect(checkDocument(memorySource(bytes), 'a.docx'), name).rejects.toThrow(DomainError)
  }
})
