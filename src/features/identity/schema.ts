/** Where a file store says whose it is: no organisation's key, and none that tidying looks at. */
export const MARK = 'deployment/identity'

/** What a start meets that is not its own. */
export type Stranger =
  /** LINK_KEY is another than the links were made with. */
  | { kind: 'key' }
  /** No key is given, and there was one. */
  | { kind: 'key_lost' }
  /** The store bears another deployment's mark. */
  | { kind: 'files_of_another' }
  /** The store has files and no mark, and the database names none. */
  | { kind: 'files_unknown' }
  /** The database names files that the store does not have: how many of those that were looked for. */
  | { kind: 'files_absent'; looked: number; found: number }

/** What is known of a store and a database when they meet. */
export interface StoreFacts {
  databaseId: string
  /** Undefined where the store bears no mark. */
  storeId: string | undefined
  /** The rest only where the store bears no mark. */
  empty: boolean
  /** Files that the database names: how many were looked for, and are there. */
  looked: number
  found: number
}
