/** What tells pods of one workload, or nodes of one pool, apart: `-4kvmj`, `-4kvmj:39978`, `-vmss000001`. */
const TELLING_END = /(?<=.)-[^-]{1,14}$/u;

export interface CutTextProps {
  readonly text: string;
  /** When pointed at. */
  readonly title?: string;
  readonly className?: string | undefined;
}

/** Text that loses its middle where there is no room, and keeps the end that tells it from its like. */
export function CutText({ text, title, className = '' }: CutTextProps) {
  const at = text.search(TELLING_END);
  return (
    <span class={`cut ${className}`} title={title}>
      <span class="cut-head">{at === -1 ? text : text.slice(0, at)}</span>
      {at !== -1 && <span class="cut-end">{text.slice(at)}</span>}
    </span>
  );
}
