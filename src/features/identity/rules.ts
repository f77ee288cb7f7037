import type { StoreFacts, Stranger } from './schema.ts'

/**
 * Whether a store belongs to a database. One without a mark (of an older version, or new) is taken where both are empty, or
 * where most of the files that the database names are there: a few that were lost must not stop a start.
 */
export function judgeStore({ databaseId, storeId, empty, looked, found }: StoreFacts): Stranger | undefined {
  if (storeId !== undefined) return storeId === databaseId ? undefined : { kind: 'files_of_another' }
  if (looked > 0) return found * 2 >= looked ? undefined : { kind: 'files_absent', looked, found }
  return empty ? undefined : { kind: 'files_unknown' }
}

/** Names of the things that an operator looks at, as the runtime calls them. */
export interface Places {
  /** `DATA_DIR (/data/files)`, `S3_BUCKET (hoithao at s3.example.vn)` */
  files: string
  /** Where generated keys are kept; undefined on a runtime that keeps none. */
  secrets?: string
}

/** One line: what a stranger is, and what to do. */
export function strangerInWords(stranger: Stranger, { files, secrets }: Places): string {
  switch (stranger.kind) {
    case 'key':
      return `LINK_KEY is another than this database's links were made with, so links in letters would not open: set the one it had${secrets ? ` (or put ${secrets} back)` : ''}; to change it on purpose, stop every server and run the command adopt --link-key`
    case 'key_lost':
      return `LINK_KEY is not set and ${secrets} is not there, but this database's links were made with a key: put the file back, or set LINK_KEY; if it is lost for good, set a new LINK_KEY and AUTH_SECRET and run the command adopt --link-key`
    case 'files_of_another':
      return `${files} holds the files of another deployment than this database: look at DATABASE_URL and at where files are kept; if they belong together, run the command adopt --files`
    case 'files_unknown':
      return `${files} holds files, and this database names none: look at DATABASE_URL and at where files are kept; if they belong together, run the command adopt --files`
    case 'files_absent':
      return `${files} has ${stranger.found} of ${stranger.looked} files that this database names: is the disk or bucket the right one? If it is, run the command adopt --files`
  }
}
