import type { Progress } from '@slotdeck/model/operation';
import type { OperationView } from '@slotdeck/model/operation-view';
import { findNode, shardOfNode, type Topology } from '@slotdeck/model/topology';
import { Panel } from '../../components/Panel.tsx';
import { WideTable } from '../../components/WideTable.tsx';
import { ShardSwatch } from '../../components/ShardSwatch.tsx';
import { IconArrowRight } from '../../icons.ts';
import { shardFill } from '../../theme/shard-colours.ts';
import { printSlots } from '../../words/format-number.ts';
import { printAmount } from '../../words/phrase.ts';
import { useWords } from '../../words/use-words.tsx';
import type { Words } from '../../words/words.ts';
import { ProgressBar } from './ProgressBar.tsx';
import { pairSlots } from './remaining.ts';
import css from './OperationPage.module.css';

const RANGES_SHOWN = 2;

/** Source and target by pair: how far, and what is in flight and waits for what. */
export function PairTable({
  view,
  progress,
  topology,
}: {
  view: OperationView;
  progress: Progress;
  topology: Topology | null;
}) {
  const words = useWords();
  const { t } = words;
  return (
    <Panel label={t('operations.pairs')}>
      <WideTable label={t('operations.pairs')}>
        <table className="sd-table" aria-label={t('operations.pairs')}>
          <thead>
            <tr>
              <th scope="col">{t('operations.pair')}</th>
              <th scope="col">{t('operations.range')}</th>
              <th scope="col">{t('operations.progress')}</th>
              <th scope="col" className="n">
                {t('operations.slots')}
              </th>
              <th scope="col">{t('operations.inFlight')}</th>
            </tr>
          </thead>
          <tbody>
            {progress.pairs.map((pair) => {
              const target = topology === null ? undefined : shardOfNode(topology, pair.to);
              const name = t('operations.pairName', {
                from: nameOf(pair.from, topology),
                to: nameOf(pair.to, topology),
              });
              return (
                <tr key={`${pair.from}-${pair.to}`}>
                  <th scope="row">
                    <span className="sd-row">
                      <End node={pair.from} topology={topology} />
                      <IconArrowRight className="tabler-icon" style={{ width: 13, height: 13 }} aria-hidden />
                      <span className="sd-unseen">{t('operations.to')}</span>
                      <End node={pair.to} topology={topology} />
                    </span>
                  </th>
                  <td className="sd-num sd-2">{printSlots(pairSlots(view, pair.from, pair.to), RANGES_SHOWN)}</td>
                  <td className={css.bar}>
                    <ProgressBar
                      label={name}
                      value={pair.slotsDone}
                      max={pair.slotsTotal}
                      text={t('operations.slotsMovedOf', { done: pair.slotsDone, n: pair.slotsTotal })}
                      {...(target === undefined ? {} : { hue: shardFill(target.index) })}
                    />
                  </td>
                  <td className="n">
                    <span className="sd-strong">{printAmount(pair.slotsDone)}</span>{' '}
                    <span className="sd-2">{t('operations.of', { total: printAmount(pair.slotsTotal) })}</span>
                  </td>
                  <td className="sd-2">
                    <span className="sd-num">{pair.inFlight.replaceAll('-', '–').replaceAll(',', ', ')}</span>{' '}
                    {phaseWord(pair.phase, words)}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </WideTable>
    </Panel>
  );
}

function nameOf(node: string, topology: Topology | null): string {
  return (topology === null ? undefined : findNode(topology, node)?.name) ?? node.slice(0, 8);
}

function End({ node, topology }: { node: string; topology: Topology | null }) {
  const shard = topology === null ? undefined : shardOfNode(topology, node);
  return (
    <span className="sd-row" style={{ gap: 6 }} title={nameOf(node, topology)}>
      {shard === undefined ? null : <ShardSwatch index={shard.index} named />}
      {shard === undefined ? nameOf(node, topology) : <span className="sd-unseen">{nameOf(node, topology)}</span>}
    </span>
  );
}

/** What the batch in flight is doing; a phase of a newer server than this page stays as it is. */
function phaseWord(phase: string, { t }: Words): string {
  switch (phase) {
    case '':
    case 'idle':
      return '';
    case 'open':
      return t('operations.phaseOpen');
    case 'move':
      return t('operations.phaseMove');
    case 'hand-over':
      return t('operations.phaseHandOver');
    case 'wait':
      return t('operations.phaseWait');
    case 'close':
      return t('operations.phaseClose');
    default:
      return phase;
  }
}
