import type { NodeShare, Plan } from '@slotdeck/model/plan';
import { findNode, shardOfNode, type Topology } from '@slotdeck/model/topology';
import { NodeBadge } from '../../components/NodeBadge.tsx';
import { Panel } from '../../components/Panel.tsx';
import { WideTable } from '../../components/WideTable.tsx';
import { ShardSwatch } from '../../components/ShardSwatch.tsx';
import { printBytes } from '../../words/format-number.ts';
import { printAmount } from '../../words/phrase.ts';
import { useWords } from '../../words/use-words.tsx';
import css from './Wizard.module.css';

/** What each primary holds now and afterwards, exactly. */
export function ShareTable({ plan, topology }: { plan: Plan; topology: Topology }) {
  const { t } = useWords();
  const pairs = plan.before.map((before) => ({
    before,
    after: plan.after.find((each) => each.node === before.node) ?? before,
  }));
  return (
    <Panel label={t('wizard.shares')}>
      <WideTable label={t('wizard.shares')}>
        <table className={`sd-table ${css.shares}`} aria-label={t('wizard.shares')}>
          <thead>
            <tr>
              <th scope="col">{t('wizard.shard')}</th>
              <th scope="col">{t('wizard.primary')}</th>
              <th scope="col" className="n">
                {t('wizard.slotsNowAfter')}
              </th>
              <th scope="col" className="n">
                {t('wizard.change')}
              </th>
              <th scope="col" className="n">
                {t('wizard.keysNowAfter')}
              </th>
              <th scope="col" className="n">
                {t('wizard.memoryNowAfter')}
              </th>
              <th scope="col" className="n">
                {t('wizard.rangesNowAfter')}
              </th>
            </tr>
          </thead>
          <tbody>
            {pairs.map(({ before, after }) => (
              <ShareRow key={before.node} before={before} after={after} topology={topology} />
            ))}
          </tbody>
        </table>
      </WideTable>
    </Panel>
  );
}

function ShareRow({ before, after, topology }: { before: NodeShare; after: NodeShare; topology: Topology }) {
  const { t } = useWords();
  const node = findNode(topology, before.node);
  const shard = shardOfNode(topology, before.node);
  const change = after.slots - before.slots;
  return (
    <tr>
      <td>{shard === undefined ? t('wizard.newShard') : <ShardSwatch index={shard.index} named />}</td>
      <th scope="row">{node === undefined ? before.name : <NodeBadge node={node} />}</th>
      <NowAfter now={printAmount(before.slots)} after={printAmount(after.slots)} isSame={change === 0} />
      <td className="n">{change === 0 ? '–' : `${change > 0 ? '+' : '−'}${printAmount(Math.abs(change))}`}</td>
      <NowAfter
        now={before.keys === null ? null : printAmount(before.keys)}
        after={after.keys === null ? null : printAmount(after.keys)}
        isSame={before.keys === after.keys}
      />
      <NowAfter
        now={before.bytes === null ? null : printBytes(before.bytes)}
        after={after.bytes === null ? null : printBytes(after.bytes)}
        isSame={before.bytes === after.bytes}
      />
      <NowAfter
        now={printAmount(before.fragments)}
        after={printAmount(after.fragments)}
        isSame={before.fragments === after.fragments}
      />
    </tr>
  );
}

function NowAfter({ now, after, isSame }: { now: string | null; after: string | null; isSame: boolean }) {
  const { t } = useWords();
  if (now === null || after === null) return <td className="n sd-3">{t('states.notKnown')}</td>;
  if (isSame) return <td className="n sd-2">{now}</td>;
  return (
    <td className="n">
      <span className="sd-2">{now}</span> <span aria-hidden="true">→</span>
      <span className="sd-unseen">{t('wizard.then')}</span> <span className="sd-strong">{after}</span>
    </td>
  );
}
