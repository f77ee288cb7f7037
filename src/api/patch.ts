import { z } from '@hono/zod-openapi'

/** An edit of what a schema describes: it names the fields that change, the others stay. Unknown names are refused. */
export function patchOf(shape: Readonly<Record<string, z.ZodType>>) {
  return z.strictObject(Object.fromEntries(Object.entries(shape).map(([name, field]) => [name, optionalField(field)])))
}

/** A default is for a new thing; in an edit an absent field stays as it is. */
export function optionalField(field: z.ZodType): z.ZodType {
  return (field instanceof z.ZodDefault ? (field.unwrap() as z.ZodType) : field).optional()
}
