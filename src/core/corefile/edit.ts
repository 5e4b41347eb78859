/** A change of the text by offsets, UTF-16 units, end exclusive; both in the file of the finding it mends. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly newText: string;
}
