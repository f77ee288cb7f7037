import { readConfig } from '../../config.ts'
import { examine } from '../doctor/examine.ts'
import type { Options, Say } from './options.ts'

const text = (value: string | boolean | undefined) =>
  typeof value === 'string' && value.trim() ? value.trim() : undefined

/** `doctor`: what to know before going live, one line a finding, with what to do. @throws Error where there is a fault */
export async function runDoctor(options: Options, say: Say): Promise<void> {
  const findings = await examine(readConfig(process.env), {
    dns: text(options.dns),
    selector: text(options['dkim-selector']),
    to: text(options.to),
  })
  if (options.json) say(JSON.stringify(findings, null, 1))
  else
    for (const { level, check, text: seen, todo } of findings)
      say(`${level.padEnd(7)}  ${check}: ${seen}${todo ? ` → ${todo}` : ''}`)
  const faults = findings.filter(({ level }) => level === 'fault').length
  const warnings = findings.filter(({ level }) => level === 'warning').length
  if (faults) throw new Error(`${faults} faults, ${warnings} warnings`)
  if (!options.json) say(warnings ? `no fault, ${warnings} warnings` : 'all is well')
}
