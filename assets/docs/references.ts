/* What our OpenAPI document refers to, put in its place. Swagger UI's own way is for any document from anywhere, in
   several files; on ours, which refers to its own components and to nothing else, it takes two seconds for each
   operation that is opened, and as long before the first. */

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** What stands at `path` of `document`; undefined for a path that leads nowhere. */
function at(document: Json, path: string[]): Json | undefined {
  let value: Json | undefined = document;
  for (const name of path) {
    if (value === null || typeof value !== 'object') return undefined;
    value = (value as { [name: string]: Json })[name];
  }
  return value;
}

/**
 * What stands at `path` of `document`, with what it refers to in place; undefined for a path that leads nowhere. A part
 * that was referred to keeps its address as `$$ref`, from which Swagger UI takes its name. A reference to nothing, or to
 * what it is itself a part of, stays as it is. The document is left as it was. Names with a `/` or `~` (RFC 6901), which
 * components may not have, are not known here.
 */
export function inPlace(document: Json, path: string[], address: string): Json | undefined {
  const within: string[] = []; // the references that are being followed
  const resolve = (value: Json): Json => {
    if (value === null || typeof value !== 'object') return value;
    if (Array.isArray(value)) return value.map(resolve);
    const reference = value.$ref;
    if (typeof reference !== 'string') return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, resolve(part)]));
    const found = within.includes(reference) ? undefined : at(document, reference.split('/').slice(1));
    if (found === undefined) return value;
    within.push(reference);
    const whole = resolve(found);
    within.pop();
    return whole !== null && typeof whole === 'object' && !Array.isArray(whole) ? { ...whole, $$ref: address + reference } : whole;
  };
  const start = at(document, path);
  return start === undefined ? undefined : resolve(start);
}
