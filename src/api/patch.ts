import { z } from '@hono/zod-openapi'

type Optional<F> = z.ZodOptional<
  F extends z.ZodDefault<infer I extends z.ZodType> ? I : F extends z.ZodType ? F : never
>
type Patch<S> = z.ZodObject<{ [K in keyof S]: Optional<S[K]> }, z.core.$strict>

/** An edit of what a schema describes: it names the fields that change, the others stay. Unknown names are refused. */
export function patchOf<S extends Readonly<Record<string, z.ZodType>>>(shape: S): Patch<S> {
  return z.strictObject(
    Object.fromEntries(Object.entries(shape).map(([name, field]) => [name, optionalField(field)])),
  ) as unknown as Patch<S>
}

/** A default is for a new thing; in an edit an absent field stays as it is. */
export function optionalField<F extends z.ZodType>(field: F): Optional<F> {
  return (field instanceof z.ZodDefault ? (field.unwrap() as z.ZodType) : field).optional() as Optional<F>
}
