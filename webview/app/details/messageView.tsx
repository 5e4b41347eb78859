import * as l10n from '@vscode/l10n';
import type { Ref } from 'preact';
import { useState } from 'preact/hooks';
import type { DetailNode, MessageDetails } from '../../../src/core/view/rows.ts';
import { formatDateTime, formatDuration } from '../../widgets/format.ts';
import { DetailTree } from './detailTree.tsx';
import { HexView } from './hexView.tsx';

/** The messages of a lookup or of one query; one is open, with its decoded tree and its bytes. */
export function MessageList({
  messages,
  startUs,
  open,
  onOpen,
  list,
}: {
  readonly messages: readonly MessageDetails[];
  readonly startUs: number;
  /** Place of the open one; -1 for none. */
  readonly open: number;
  readonly onOpen: (index: number) => void;
  readonly list?: Ref<HTMLOListElement>;
}) {
  return (
    <ol class="messages" ref={list ?? null}>
      {messages.map((message, index) => {
        const isOpen = index === open;
        return (
          <li key={`${message.vantage} ${String(message.packet)} ${String(index)}`}>
            <button
              type="button"
              class="message-head"
              aria-expanded={isOpen}
              onClick={() => onOpen(isOpen ? -1 : index)}
            >
              <span class="message-arrow" aria-hidden="true">
                {message.direction === 'query' ? '→' : '←'}
              </span>
              <span class="message-summary">{message.summary}</span>
              <span class="muted message-where" title={formatDateTime(message.timeUs)}>
                +{formatDuration((message.timeUs - startUs) * 1000)} · {message.vantage}
              </span>
            </button>
            {isOpen && <MessageView message={message} />}
          </li>
        );
      })}
    </ol>
  );
}

function MessageView({ message }: { readonly message: MessageDetails }) {
  const [chosen, setChosen] = useState<DetailNode | undefined>(undefined);
  const [hovered, setHovered] = useState<DetailNode | undefined>(undefined);
  const lit = hovered ?? chosen;
  return (
    <div class="message">
      <div class="muted message-frame">
        {l10n.t('{0} · packet {1} at {2}', message.title, message.packet, message.vantage)}
      </div>
      {message.problems.length > 0 && (
        <ul class="notes message-problems">
          {message.problems.map((problem) => (
            <li key={problem}>{problem}</li>
          ))}
        </ul>
      )}
      <DetailTree nodes={message.tree} chosen={chosen} onChoose={setChosen} onHover={setHovered} />
      {message.hex === '' ? (
        <p class="muted">{l10n.t('The bytes are no longer held.')}</p>
      ) : (
        <HexView
          hex={message.hex}
          start={lit?.start}
          end={lit?.end}
          onByte={(offset) => setChosen(nodeAt(message.tree, offset))}
        />
      )}
    </div>
  );
}

/** The smallest node that stands for that byte. */
export function nodeAt(nodes: readonly DetailNode[], offset: number): DetailNode | undefined {
  for (const node of nodes) {
    const own = node.start !== undefined && node.end !== undefined && offset >= node.start && offset < node.end;
    const below = nodeAt(node.children ?? [], offset);
    if (below !== undefined) return below;
    if (own) return node;
  }
  return undefined;
}
