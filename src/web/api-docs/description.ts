/** What the page reads of a JSON Schema. */
export interface Schema {
  $ref?: string
  type?: string | string[]
  format?: string
  pattern?: string
  enum?: unknown[]
  description?: string
  example?: unknown
  default?: unknown
  minimum?: number
  maximum?: number
  maxLength?: number
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  oneOf?: Schema[]
  anyOf?: Schema[]
}

export interface Content {
  content?: Record<string, { schema?: Schema }>
}
export interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  required?: boolean
  description?: string
  schema?: Schema
}
export interface OperationDescription {
  operationId: string
  summary?: string
  description?: string
  tags?: string[]
  parameters?: Parameter[]
  security?: { key?: string[] }[]
  requestBody?: Content & { required?: boolean }
  responses: Record<string, Content & { description: string }>
}

/** What the page reads of an OpenAPI 3.1 document. */
export interface ApiDescription {
  info: { title: string; description?: string }
  servers?: { url: string }[]
  tags?: { name: string; description?: string }[]
  paths: Record<string, Record<string, OperationDescription>>
  components: { schemas: Record<string, Schema>; securitySchemes?: Record<string, { description?: string }> }
}

/** An operation with its address, as `GET` and `/seminars/{id}`. */
export interface Operation {
  method: string
  path: string
  operation: OperationDescription
}

/** Every operation, in the order of the description. */
export function operationsOf(description: ApiDescription): Operation[] {
  return Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  )
}

/** The address of the service's API, without a slash at its end. */
export function serverOf(description: ApiDescription): string {
  return description.servers?.[0]?.url ?? ''
}

/** The schema a reference leads to. */
export function resolve(schema: Schema, schemas: Record<string, Schema>): Schema {
  return schema.$ref ? (schemas[schema.$ref.split('/').pop() as string] ?? {}) : schema
}
