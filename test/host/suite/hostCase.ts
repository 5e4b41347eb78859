/** One test that runs inside the extension host; it fails by throwing. */
export interface HostCase {
  readonly name: string;
  readonly run: () => Promise<void>;
}
