import { z } from 'zod';

/** A column that holds JSON of the given shape. */
export function jsonColumn<S extends z.ZodType>(schema: S) {
  return z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch (cause) {
        context.addIssue({ code: 'custom', message: cause instanceof Error ? cause.message : 'not JSON' });
        return z.NEVER;
      }
    })
    .pipe(schema);
}
