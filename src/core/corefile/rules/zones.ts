/** Zone names, lower case and absolute: which lies in which. */

/** True when `zone` is `parent` or lies below it. */
export function isWithin(zone: string, parent: string): boolean {
  return parent === '.' || zone === parent || zone.endsWith(`.${parent}`);
}

/** The zones above `zone`, nearest first, the root last. */
export function* parentZones(zone: string): Iterable<string> {
  if (zone === '.') return;
  for (let dot = zone.indexOf('.'); dot !== -1 && dot < zone.length - 1; dot = zone.indexOf('.', dot + 1)) {
    yield zone.slice(dot + 1);
  }
  yield '.';
}

export function isReverseZone(zone: string): boolean {
  return isWithin(zone, 'in-addr.arpa.') || isWithin(zone, 'ip6.arpa.');
}
