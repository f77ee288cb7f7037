import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DemoData } from '../demo/rows.ts'
import { projectFolder } from '../platform/project.ts'

/** The files of demo/. */
export async function readDemoData(): Promise<DemoData> {
  const folder = join(projectFolder(), 'demo')
  const json = async (name: string) => JSON.parse(await readFile(join(folder, name), 'utf8'))
  return {
    minhHa: await json('minh-ha.json'),
    uongBi: await json('uong-bi.json'),
    minhHaHeld: (await json('minh-ha-held.json')).seminars,
    speeches: await json('speeches/speeches.json'),
    photo: async (file) => new Uint8Array(await readFile(join(folder, 'photos', file))),
    speech: async (file) => new Uint8Array(await readFile(join(folder, 'speeches', file))),
  }
}
