/** Where bytes are kept: a folder, S3 or R2. Keys are ours: `<organization>/<purpose>/<id>`, never a sender's name. */
export interface FileStore {
  /** Stores the whole stream or nothing. @throws DomainError storage_full, too_large */
  put(
    key: string,
    body: ReadableStream<Uint8Array>,
    limits: { maxBytes: number },
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
  /** Keys under a prefix, for tidying up after cut uploads. */
  list(prefix: string): AsyncIterable<{ key: string; modifiedAt: Date }>
}
