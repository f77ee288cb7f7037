import { join } from 'node:path'
import type { Config } from '../config.ts'
import type { FileStore } from '../features/files/schema.ts'
import { createFsStore } from '../platform/fs.ts'
import { createS3Store } from '../platform/s3.ts'

/**
 * Where this configuration keeps its files: a bucket that answers, or a folder under DATA_DIR.
 * @throws Error in one line where S3 is away or refuses the keys: better at the start than at the first upload
 */
export async function openFiles(config: Config): Promise<FileStore> {
  if (!config.s3) return createFsStore(join(config.dataDir, 'files'))
  const files = createS3Store(config.s3)
  await files.assertUsable()
  return files
}
