/** Ports in an argument: `1053,5300`. `undefined` when one of them is none. */
export function parsePorts(text: string): readonly number[] | undefined {
  const ports = text.split(',');
  const isPort = (port: string): boolean => /^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535;
  return ports.every(isPort) ? ports.map(Number) : undefined;
}
