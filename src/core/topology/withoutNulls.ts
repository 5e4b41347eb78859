/**
 * Takes away the fields that are `null`: the API writes an empty list of Go as `null` (`endpoints` of an EndpointSlice
 * whose pods are gone), and kubeTypes.ts knows fields that are there and fields that are not. Changes `value` in place.
 */
export function withoutNulls<T>(value: T): T {
  const open: unknown[] = [value];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (typeof one !== 'object' || one === null) continue;
    const fields = one as Record<string, unknown>;
    for (const name of Object.keys(fields)) {
      const field = fields[name];
      // An item of a list keeps its place: without it the others would move.
      if (field === null && !Array.isArray(one)) Reflect.deleteProperty(fields, name);
      else if (typeof field === 'object' && field !== null) open.push(field);
    }
  }
  return value;
}
