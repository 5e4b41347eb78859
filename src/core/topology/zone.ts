/** Whether a zone holds a name; both absolute and lower case. */
export function inZone(name: string, zone: string): boolean {
  if (zone === '.' || name === zone) return true;
  return name.endsWith(zone) && name[name.length - zone.length - 1] === '.';
}
