import { refused } from './refusal.ts'

/** What looking at one document may still cost, the documents inside it included. */
export interface Budget {
  /** Bytes that it may still unfold to. */
  left: number
  /** Beyond this ratio, from 20 MB on, a file is a bomb whatever it says. */
  ratio: number
  /** Steps spent: about one a byte or character that is read as XML or PDF, an eighth of one a byte that is only passed over. */
  spent: number
  /** Steps that it may cost. */
  steps: number
}

const MAX_UNFOLDED = 256 * 1024 * 1024
const MAX_RATIO = 250
const RATIO_FROM = 20 * 1024 * 1024
/** Some seconds on a slow processor; ten times what a book of 300 pages costs. */
const MAX_STEPS = 64 * 1024 * 1024

/** The budget of a document of `size` bytes. Its steps grow with it: each byte may be looked at twice. */
export function budgetFor(size: number): Budget {
  return { left: MAX_UNFOLDED, ratio: Math.max(RATIO_FROM, size * MAX_RATIO), spent: 0, steps: MAX_STEPS + size * 2 }
}

/** Counts work before it is done. @throws DomainError file_too_complex */
export function spend(budget: Budget, steps: number): void {
  budget.spent += steps
  if (budget.spent > budget.steps) throw refused('file_too_complex')
}

/** Counts what came out of a package. @throws DomainError file_bomb, file_too_complex */
export function spendUnfolded(budget: Budget, bytes: number): void {
  budget.left -= bytes
  if (budget.left < 0 || MAX_UNFOLDED - budget.left > budget.ratio) throw refused('file_bomb')
  spend(budget, bytes / 8)
}
