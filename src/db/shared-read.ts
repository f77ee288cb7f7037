import type { Db } from './transaction.ts'

interface OnItsWay<T> {
  answer: Promise<T>
  /** The question after it, for all who asked meanwhile. */
  next: Promise<T> | undefined
}

/**
 * A read that many ask for at once: while a question is on its way, those who ask the same share the next one. Nobody is given the
 * answer to a question that was sent before they asked. Kept by database, which on Workers is one request's own.
 */
export function sharedRead<T>(read: (db: Db, key: string) => Promise<T>): (db: Db, key: string) => Promise<T> {
  const byDatabase = new WeakMap<Db, Map<string, OnItsWay<T>>>()
  return (db, key) => {
    const questions = byDatabase.get(db) ?? new Map<string, OnItsWay<T>>()
    byDatabase.set(db, questions)
    const ask = () => {
      const question: OnItsWay<T> = { answer: read(db, key), next: undefined }
      questions.set(key, question)
      const end = () => {
        if (!question.next) questions.delete(key)
      }
      question.answer.then(end, end)
      return question.answer
    }
    const question = questions.get(key)
    if (!question) return ask()
    question.next ??= question.answer.then(ask, ask)
    return question.next
  }
}
