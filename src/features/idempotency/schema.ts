/** A request that carries a key: `hash` is SHA-256 of its method, address and body. */
export interface KeyedRequest {
  organizationId: string
  /** Whose key it is: `key:<api key id>`. Two callers may use the same key. */
  actor: string
  key: string
  hash: Uint8Array
  /** The process that runs it, where it gives signs of life: the claim ends with it. */
  instance: string | null
}

/** An answer as it was given: kept for 24 hours. */
export interface KeptReply {
  status: number
  headers: Record<string, string>
  /** As the caller sealed it, or empty */
  body: string
}

/**
 * What a key stands at: `run` this request now, holding the claim; give the `kept` answer again; another request of the
 * same key is `running`; or the key was used for `another` request.
 */
export type Claim =
  | { state: 'run'; claim: string }
  | { state: 'kept'; reply: KeptReply }
  | { state: 'running' }
  | { state: 'another' }
