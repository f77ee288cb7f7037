import { ConfigError } from '../config.ts'
import { recognizeLinkKey, recognizeStore } from '../features/identity/commands.ts'
import { strangerInWords } from '../features/identity/rules.ts'
import type { Services } from '../services.ts'

/** @throws ConfigError in one line where database, bucket and LINK_KEY do not belong together */
export async function assertOwn({ db, files, config }: Services): Promise<void> {
  const stranger = (await recognizeLinkKey(db, config.linkKey as string)) ?? (await recognizeStore(db, files))
  const bucket = config.s3 ? `S3_BUCKET (${config.s3.bucket})` : 'the bucket FILES'
  if (stranger) throw new ConfigError(strangerInWords(stranger, { files: bucket }))
}
