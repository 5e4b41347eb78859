// Compiled by typeFence.test.ts with the options of each room. Each marked line must be refused, no other may.
interface Options {
  readonly size?: number;
}

class Base {
  run(): void {}
}

class Derived extends Base {
  run(): void {} // planted
}

class Point {
  constructor(readonly x: number) {} // planted
}

enum Colour { // planted
  Red,
}

export const first = (list: readonly string[]): string => list[0]; // planted
export const options: Options = { size: undefined }; // planted
export const read = (map: Record<string, string>): string | undefined => map.key; // planted
export const implicit = (value) => [value]; // planted
export const caught = (work: () => void): string => {
  const unused = 1; // planted
  try {
    work();
  } catch (error) {
    return error.message; // planted
  }
  return '';
};
export const used = [new Derived(), new Point(1), Colour.Red];
