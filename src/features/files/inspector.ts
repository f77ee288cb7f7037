import { DomainError } from '../../errors.ts'
import type { ByteSource } from './bytes.ts'
import { checkDocument, type DocumentKind } from './content.ts'
import { type DocumentText, readDocx } from './docx.ts'
import { windowed } from './windows.ts'

/** What may be asked of a document: what it is and whether it may be taken, or its words. */
export interface Answers {
  check: DocumentKind
  words: DocumentText
}
export type Act = keyof Answers

/** How looking at a document ended. One that did not end stops for time, for memory, or by a fault of ours. */
export type Outcome<A extends Act> = { done: Answers[A] } | { stopped: 'time' | 'memory' | 'fault'; cause?: unknown }

/** When a look begins, and whose it is. */
export interface Turn {
  /** Who sent the document, the widest first (organisation, seminar, speech): they are looked at in turn, none before all others. */
  lanes?: string[]
  /** Runs once the turn has come, before the first byte is read; if it throws, nothing is looked at. */
  begin?: () => Promise<void>
}

/** Looks at documents that strangers send, beside whatever answers requests where the runtime can. */
export interface Inspector {
  /**
   * @throws DomainError a refusal (`refusal.ts`); unavailable, when too many wait or the store hangs; whatever `begin` or the source
   * throws
   */
  look<A extends Act>(act: A, source: ByteSource, name: string, turn?: Turn): Promise<Outcome<A>>
  close(): Promise<void>
}

/** The work itself, the same on every runtime: linear, and counted (`budget.ts`). @throws DomainError a refusal */
export async function inspect<A extends Act>(act: A, source: ByteSource, name: string): Promise<Answers[A]> {
  const answers: { [K in Act]: () => Promise<Answers[K]> } = {
    check: () => checkDocument(source, name),
    words: () => readDocx(source),
  }
  return answers[act]()
}

/** Where there are no threads (Workers): in the request itself, which counted work alone keeps short. */
export function createPlainInspector(): Inspector {
  return {
    async look(act, source, name, turn) {
      await turn?.begin?.()
      let broken: { cause: unknown } | undefined
      const watched: ByteSource = {
        size: source.size,
        read: (start, length) =>
          source.read(start, length).catch((cause: unknown) => {
            broken = { cause }
            throw cause
          }),
      }
      try {
        return { done: await inspect(act, windowed(watched), name) }
      } catch (error) {
        if (broken) throw broken.cause
        if (error instanceof DomainError) throw error
        return { stopped: 'fault', cause: error }
      }
    },
    close: async () => {},
  }
}
