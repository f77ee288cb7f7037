/** Where bytes are kept: a folder, S3 or R2. Keys are ours: `<organization>/<purpose>/<id>`, never a sender's name. */
export interface FileStore {
  /**
   * Stores the whole stream or nothing. `confirm` is asked once the bytes are there, before a folder gives them their key: what it
   * throws is thrown, and nothing is kept (buckets, which cannot go away under their name, do not ask). @throws DomainError storage_full, too_large
   */
  put(
    key: string,
    body: ReadableStream<Uint8Array>,
    limits: { maxBytes: number; confirm?: () => Promise<void> },
  ): Promise<{ size: number; sha256: Uint8Array }>
  /** A stream of the whole file, or of `range` (inclusive bounds); undefined where there is none. */
  get(
    key: string,
    range?: { start: number; end: number },
  ): Promise<{ size: number; body: ReadableStream<Uint8Array> } | undefined>
  head(key: string): Promise<{ size: number } | undefined>
  delete(key: string): Promise<void>
  /** Gives a file another key, whole: it is never under neither. @throws Error where there is none */
  move(from: string, to: string): Promise<void>
  /** What is free where files lie, and how much there is, in bytes; absent where it cannot be known (buckets). */
  space?(): Promise<{ free: number; total: number }>
  /** Looks whether it is still this deployment's; absent where nobody does. @throws DomainError unavailable (`files_unavailable`) */
  look?(): Promise<void>
  /** Keys under a prefix, for tidying up after cut uploads. */
  list(prefix: string): AsyncIterable<{ key: string; modifiedAt: Date }>
}

/** What became of a scan. `refused`: the scanner answered and could not look at it (its own words). */
export type ScanResult =
  | { outcome: 'clean' }
  | { outcome: 'found'; name: string }
  | { outcome: 'refused'; reply: string }

/** Looks for viruses. */
export interface Scanner {
  /** Reads the body to its end. @throws DomainError unavailable (`scanner`) where none answers; what the body throws */
  scan(body: ReadableStream<Uint8Array>): Promise<ScanResult>
  /** Whether it answers. @throws DomainError unavailable (`scanner`) */
  ping(): Promise<void>
}

/** `none`: came while no scanner was set. */
export const scanStates = ['none', 'waiting', 'clean', 'found'] as const
export type ScanState = (typeof scanStates)[number]

/** The store has no such file, one of another size, or one of other bytes. */
export const damages = ['missing', 'size', 'content'] as const
export type Damage = (typeof damages)[number]

/** Every file is to be compared with its SHA-256 this often, the budget of a run allowing (`checkBudget`). */
export const CHECK_EVERY_DAYS = 15

/** The size and SHA-256 of a stream, read to its end. */
export type Digest = (body: ReadableStream<Uint8Array>) => Promise<{ size: number; sha256: Uint8Array }>
