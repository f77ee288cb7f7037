import { mayBeFollowed } from './links.ts'
import { refused } from './refusal.ts'

const STARTS_PROGRAM = new Set(['dde', 'ddeauto'])
const FETCHES = new Set(['includepicture', 'includetext', 'include', 'import', 'link', 'database', 'rd'])
/** What counts of one instruction; Word itself takes far less. */
const MAX_INSTRUCTION = 4096

/**
 * Refuses what a Word field does when a document is opened or printed (ECMA-376 part 1, 17.16.5): starts a program (DDE), fetches
 * from elsewhere.
 * @throws DomainError file_active, file_external
 */
export function refuseField(instruction: string): void {
  const text = instruction.slice(0, MAX_INSTRUCTION).trim()
  const name = /^\w+/.exec(text)?.[0].toLowerCase() ?? ''
  if (STARTS_PROGRAM.has(name)) throw refused('file_active')
  if (FETCHES.has(name)) throw refused('file_external')
  if (name !== 'hyperlink') return
  const target = /^hyperlink\s+(?:"([^"]*)"|([^\s"]+))/i.exec(text)
  const given = target?.[1] ?? target?.[2] ?? ''
  if (target && !/^\\[a-z]$/i.test(given) && !mayBeFollowed(given.replaceAll('\\\\', '\\')))
    throw refused('file_external')
}

/** Puts together the instructions of fields that are cut into runs and nested (17.16.18). */
export function fieldCollector() {
  const open: { text: string; instruction: boolean }[] = []
  // What stands outside of any field: Word takes it for nothing, others may not.
  let loose = ''
  const finish = (field: { text: string; instruction: boolean } | undefined) => {
    if (!field?.instruction) return
    field.instruction = false
    refuseField(field.text)
  }
  return {
    begin() {
      const outer = open.at(-1)
      // A name that another field would give is a name that nobody can look at.
      if (outer?.instruction && !outer.text.trim()) throw refused('file_active')
      if (open.length >= 100) throw refused('file_too_complex')
      open.push({ text: '', instruction: true })
    },
    say(text: string) {
      const field = open.at(-1)
      if (!field) loose = (loose + text).slice(0, MAX_INSTRUCTION)
      else if (field.instruction && field.text.length < MAX_INSTRUCTION) field.text += text
    },
    separate: () => finish(open.at(-1)),
    end: () => finish(open.pop()),
    /** Fields that nobody closed count as well. */
    close() {
      for (const field of open) finish(field)
      refuseField(loose)
    },
  }
}
