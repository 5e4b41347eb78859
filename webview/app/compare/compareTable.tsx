import * as l10n from '@vscode/l10n';
import type { ComparedAnswers, ComparedFigure, Comparison } from '../../../src/core/view/compare/compare.ts';
import { LinkButton } from '../../widgets/button.tsx';
import { formatCount } from '../../widgets/format.ts';
import {
  differenceWords,
  type DifferenceWords,
  figureGroup,
  figureHelp,
  figureText,
  figureTitle,
} from './compareWords.ts';

interface CompareTableProps {
  readonly comparison: Comparison;
  readonly onShow: (filter: string) => void;
}

/** The figures of both sides in rows; each that counts lookups shows them when it is clicked. */
export function CompareTable({ comparison, onShow }: CompareTableProps) {
  const { figures, answers } = comparison;
  const groups = [...new Set(figures.map(({ kind }) => figureGroup(kind)))];
  return (
    <table class="compare-table">
      <thead>
        <tr>
          <th scope="col">{l10n.t('Figure')}</th>
          <th scope="col" class="compare-number">
            A
          </th>
          <th scope="col" class="compare-number">
            B
          </th>
          <th scope="col">{l10n.t('Difference')}</th>
        </tr>
      </thead>
      {groups.map((group) => (
        <tbody key={group}>
          <tr>
            <th scope="rowgroup" colSpan={4} class="compare-group">
              {group}
            </th>
          </tr>
          {figures
            .filter(({ kind }) => figureGroup(kind) === group)
            .map((figure) => (
              <FigureRow key={`${figure.kind} ${figure.of ?? ''}`} figure={figure} onShow={onShow} />
            ))}
        </tbody>
      ))}
      {answers !== undefined && <Answers answers={answers} onShow={onShow} />}
    </table>
  );
}

function FigureRow({ figure, onShow }: { readonly figure: ComparedFigure; readonly onShow: (filter: string) => void }) {
  const words = differenceWords(figure);
  return (
    <tr>
      <th scope="row" class={figure.kind === 'result' ? 'compare-part' : undefined}>
        {figureTitle(figure)}
      </th>
      {[figure.a, figure.b].map((side, index) => (
        <td key={index} class="compare-number">
          <Figure
            filter={side.rows === 0 ? undefined : side.filter}
            text={figureText(figure, side)}
            help={figureHelp(figure, side)}
            onShow={onShow}
          />
        </td>
      ))}
      <td>{words !== undefined && <DifferenceMark words={words} />}</td>
    </tr>
  );
}

function Figure({
  filter,
  text,
  help,
  onShow,
}: {
  readonly filter: string | undefined;
  readonly text: string;
  readonly help: string | undefined;
  readonly onShow: (filter: string) => void;
}) {
  if (filter === undefined)
    return (
      <span class="muted" title={help}>
        {text}
      </span>
    );
  return (
    <LinkButton {...(help === undefined ? {} : { title: help })} onClick={() => onShow(filter)}>
      {text}
    </LinkButton>
  );
}

const SHAPES: Readonly<Record<DifferenceWords['shape'], string>> = {
  up: 'M6 2 10.5 9.5h-9z',
  down: 'M6 10 1.5 2.5h9z',
  same: 'M2 4.5h8M2 7.5h8',
  unsure: 'M1.5 6c1.5-3 3-3 4.5 0s3 3 4.5 0',
};

function DifferenceMark({ words }: { readonly words: DifferenceWords }) {
  const { shape, text, isWorse, help } = words;
  const isTold = shape === 'up' || shape === 'down';
  return (
    <span
      class={isWorse ? 'compare-difference compare-worse' : isTold ? 'compare-difference' : 'compare-difference muted'}
      title={help}
    >
      <svg class={`compare-shape compare-shape-${shape}`} viewBox="0 0 12 12" aria-hidden="true">
        <path d={SHAPES[shape]} />
      </svg>
      {text}
    </span>
  );
}

/** Which addresses came back: those of one side alone stand first, and say so. */
function Answers({
  answers,
  onShow,
}: {
  readonly answers: ComparedAnswers;
  readonly onShow: (filter: string) => void;
}) {
  const { a, b, addresses, more } = answers;
  const isPart = a.every > 1 || b.every > 1;
  return (
    <tbody>
      <tr>
        <th scope="rowgroup" colSpan={4} class="compare-group">
          {isPart
            ? l10n.t(
                'Addresses in answers of {0} and {1} lookups that were read',
                formatCount(a.read),
                formatCount(b.read),
              )
            : l10n.t('Addresses in answers')}
        </th>
      </tr>
      {addresses.map((one) => (
        <tr key={one.address}>
          <th scope="row">{one.address}</th>
          {[one.a, one.b].map((side, index) => (
            <td key={index} class="compare-number">
              <Figure
                filter={side.filter}
                text={formatCount(side.lookups)}
                help={l10n.t('Show the lookups with {0} in an answer', one.address)}
                onShow={onShow}
              />
            </td>
          ))}
          <td>
            <Where inA={one.a.lookups > 0} inB={one.b.lookups > 0} />
          </td>
        </tr>
      ))}
      {more > 0 && (
        <tr>
          <td colSpan={4} class="muted">
            {l10n.t('and {0} more', formatCount(more))}
          </td>
        </tr>
      )}
    </tbody>
  );
}

/** Two fields, the filled one has it. */
function Where({ inA, inB }: { readonly inA: boolean; readonly inB: boolean }) {
  const isBoth = inA && inB;
  return (
    <span class={isBoth ? 'compare-difference muted' : 'compare-difference'}>
      <svg class="compare-shape compare-shape-where" viewBox="0 0 12 12" aria-hidden="true">
        <path class={inA ? 'compare-has' : undefined} d="M1 3.5h4v5H1z" />
        <path class={inB ? 'compare-has' : undefined} d="M7 3.5h4v5H7z" />
      </svg>
      {isBoth ? l10n.t('in both') : inA ? l10n.t('only in A') : l10n.t('only in B')}
    </span>
  );
}
