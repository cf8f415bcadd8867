import { Button, SegmentedControl } from '@mantine/core';
import { useHotkeys, useMediaQuery } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { isEnded } from '@slotdeck/model/operation';
import { NO_SLOTS, parseSlotRanges, printSlotRanges, type SlotRanges } from '@slotdeck/model/slot-ranges';
import { findNode, type Topology } from '@slotdeck/model/topology';
import { slotCountsQuery } from '../../api/queries.ts';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { PageSentence } from '../../components/PageSentence.tsx';
import { Panel } from '../../components/Panel.tsx';
import { WideTable } from '../../components/WideTable.tsx';
import { SlotStrip } from '../../components/SlotStrip.tsx';
import { segmentsOf } from '../../components/strip-segments.ts';
import { useOperation } from '../../stream/use-live.tsx';
import { printAgo, printClock } from '../../words/format-time.ts';
import { useWords } from '../../words/use-words.tsx';
import { useClusterPage } from '../cluster/cluster-page.tsx';
import { heatScale } from './heat-levels.ts';
import { mapWidth } from './MapAxes.tsx';
import { MapHints } from './MapHints.tsx';
import { SelectionPanel } from './SelectionPanel.tsx';
import { ShardLegend } from './ShardLegend.tsx';
import { countsBySlot } from './slot-counts.ts';
import { countFlag, movesOf, slotFactsOf, SlotFlag, type SlotFacts } from './slot-facts.ts';
import type { MapMode } from './slot-map-pixels.ts';
import { sayingOfSlot } from './slot-saying.ts';
import { SlotMap } from './SlotMap.tsx';
import { SlotSearchField } from './SlotSearchField.tsx';
import { SlotTable } from './SlotTable.tsx';
import { splitSegments } from './split-segments.ts';
import css from './SlotsPage.module.css';

const MODES: readonly MapMode[] = ['owner', 'keys', 'memory', 'disagreement'];
const CELL = 5;
/** Below 900 px five pixels a cell do not fit beside anything. */
const SMALL_CELL = 4;
const STRIP_HEIGHT = 14;

/** The slots of a cluster as a map, and as the same in a table. */
export function SlotsPage() {
  const { live } = useClusterPage();
  const { t } = useWords();
  if (live.topology === null)
    return (
      <EmptyState title={t('slots.nothingYet')} isPage>
        {t('slots.nothingYetWhat')}
      </EmptyState>
    );
  return <SlotsOfTopology topology={live.topology} />;
}

function SlotsOfTopology({ topology }: { topology: Topology }) {
  const { id, live, change, now } = useClusterPage();
  const words = useWords();
  const { t } = words;
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const isPhone = useMediaQuery('(max-width: 767px)') ?? false;
  const isNarrow = useMediaQuery('(max-width: 899px)') ?? false;
  const mode = MODES.find((each) => each === search.mode) ?? 'owner';
  const view = search.view ?? (isPhone ? 'table' : 'map');
  const cell = isNarrow ? SMALL_CELL : CELL;
  const [dragged, setDragged] = useState<SlotRanges | null>(null);
  const [focus, setFocus] = useState(0);

  const kept = useMemo(() => readSelection(search.slots), [search.slots]);
  const selected = dragged ?? kept;
  const running = live.operations.find((operation) => !isEnded(operation.status)) ?? null;
  const operation = useOperation(running?.id ?? null);
  const steps = operation.state === 'held' ? operation.value.operation.view.steps : null;
  const facts = useMemo(() => slotFactsOf(topology, steps === null ? [] : movesOf({ steps })), [topology, steps]);

  const counting = useQuery(slotCountsQuery(id));
  const counts = useMemo(() => (counting.data === undefined ? null : countsBySlot(counting.data)), [counting.data]);
  const scale = useMemo(() => {
    if (counts === null || (mode !== 'keys' && mode !== 'memory')) return null;
    const values = mode === 'keys' ? counts.keys : counts.bytes;
    return values === null ? null : heatScale(values);
  }, [counts, mode]);

  const put = (change: { slots?: string | undefined; mode?: string; view?: 'map' | 'table' }): void => {
    void navigate({
      to: '/clusters/$clusterId/slots',
      params: { clusterId: id },
      search: { ...search, ...change },
      replace: true,
    });
  };
  const select = (slots: SlotRanges, isFinal = true): void => {
    setDragged(isFinal ? null : slots);
    if (isFinal) put({ slots: slots.length === 0 ? undefined : printSlotRanges(slots) });
  };
  useHotkeys([['m', () => put({ view: view === 'map' ? 'table' : 'map' })]]);

  const disputed = countFlag(facts, SlotFlag.disputed);
  const modes = [
    { value: 'owner', label: t('slots.modeOwner') },
    { value: 'keys', label: t('slots.modeKeys') },
    { value: 'memory', label: t('slots.modeMemory') },
    { value: 'disagreement', label: t('slots.modeDisagreement', { count: disputed }) },
  ];
  const count = (
    <Button loading={counting.isFetching} onClick={() => void counting.refetch()}>
      {counts === null ? t('slots.countKeys') : t('slots.countAgain')}
    </Button>
  );
  return (
    <>
      <PageSentence>{pageSentence(facts, topology, t)}</PageSentence>
      <div className={css.tools}>
        {view === 'map' && (
          <SegmentedControl
            size="xs"
            aria-label={t('slots.colourBy')}
            data={modes}
            value={mode}
            onChange={(next) => put({ mode: next })}
          />
        )}
        <SlotSearchField
          onFind={(slots, first) => {
            setFocus(first);
            select(slots);
          }}
        />
        <span className="sd-grow" />
        <span className="sd-small sd-3" role="status">
          {counts === null
            ? ''
            : t('slots.countedAt', { clock: printClock(counts.at), ago: printAgo(counts.at, now, words) })}
        </span>
        {count}
        <SegmentedControl
          size="xs"
          aria-label={t('slots.showAs')}
          data={[
            { value: 'map', label: t('slots.map') },
            { value: 'table', label: t('slots.table') },
          ]}
          value={view}
          onChange={(next) => put({ view: next === 'table' ? 'table' : 'map' })}
        />
      </div>
      {counting.isError && <ErrorPanel error={counting.error} action={count} />}
      <div className={css.two} data-view={view}>
        {view === 'map' ? (
          <div className={css.mapScroll} style={{ maxWidth: mapWidth(cell) }}>
            <SlotMap
              facts={facts}
              mode={mode}
              levels={scale?.levels ?? null}
              selected={selected}
              focus={focus}
              cell={cell}
              sayingOf={(slot) => sayingOfSlot(slot, topology, facts, counts, words)}
              onFocus={setFocus}
              onSelect={select}
            />
            <div className={css.strip}>
              <SlotStrip
                segments={splitSegments(segmentsOf(topology), selected)}
                height={STRIP_HEIGHT}
                axis
                {...(selected.length === 0 ? {} : { subject: selected })}
                label={t('slots.stripName')}
              />
            </div>
            <MapHints />
          </div>
        ) : (
          <Panel label={t('slots.tableName')}>
            <WideTable label={t('slots.tableName')}>
              <SlotTable topology={topology} facts={facts} counts={counts} selected={selected} onSelect={select} />
            </WideTable>
          </Panel>
        )}
        <div className={css.side}>
          <ModeNote mode={mode} isCounted={counts !== null} hasBytes={counts?.bytes != null} action={count} />
          {counting.data?.notCounted.map(({ node, problem }) => (
            <p key={node} className="sd-small sd-warn">
              {t('slots.nodeNotCounted', { node: findNode(topology, node)?.name ?? node, seen: problem.seen })}
            </p>
          ))}
          <ShardLegend
            topology={topology}
            stats={live.stats}
            facts={facts}
            mode={mode}
            scale={scale}
            selected={selected}
            onSelect={select}
          />
          {selected.length === 0 ? (
            <Panel label={t('slots.selection')}>
              <p className={`${css.hint} sd-2`}>
                {view === 'map' ? t('slots.selectHint') : t('slots.selectHintTable')}
              </p>
            </Panel>
          ) : (
            <SelectionPanel
              clusterId={id}
              facts={facts}
              counts={counts}
              selected={selected}
              allowed={change}
              onClear={() => select(NO_SLOTS)}
            />
          )}
        </div>
      </div>
    </>
  );
}

function readSelection(text: string | undefined): SlotRanges {
  const parsed = parseSlotRanges(text ?? '');
  return parsed.ok ? parsed.slots : NO_SLOTS;
}

/** The worst first, in one sentence. */
function pageSentence(facts: SlotFacts, topology: Topology, t: ReturnType<typeof useWords>['t']): string {
  const unassigned = countFlag(facts, SlotFlag.unassigned);
  if (unassigned > 0) return t('slots.sentenceUnassigned', { n: unassigned });
  const unreachable = countFlag(facts, SlotFlag.unreachable);
  if (unreachable > 0) return t('slots.sentenceUnreachable', { n: unreachable });
  const disputed = countFlag(facts, SlotFlag.disputed);
  if (disputed > 0) return t('slots.sentenceDisputed', { n: disputed });
  const half = countFlag(facts, SlotFlag.halfOpen);
  if (half > 0) return t('slots.sentenceHalfOpen', { n: half });
  const open = countFlag(facts, SlotFlag.open) + countFlag(facts, SlotFlag.willMove);
  if (open > 0) return t('slots.sentenceMoving', { n: open });
  const owning = topology.shards.filter((shard) => shard.slots.length > 0).length;
  return t('slots.sentenceServed', { n: owning });
}

/** Why a heat mode shows nothing yet: not asked for, or nothing to ask. */
function ModeNote({
  mode,
  isCounted,
  hasBytes,
  action,
}: {
  mode: MapMode;
  isCounted: boolean;
  hasBytes: boolean;
  action: React.ReactNode;
}) {
  const { t } = useWords();
  if ((mode === 'keys' || mode === 'memory') && !isCounted)
    return (
      <Panel label={t('slots.notCountedYet')}>
        <div className={css.hint}>
          <p className="sd-strong">{t('slots.notCountedYet')}</p>
          <p className="sd-2">{t('slots.notCountedWhat')}</p>
          {action}
        </div>
      </Panel>
    );
  if (mode === 'memory' && !hasBytes)
    return (
      <Panel label={t('slots.noBytes')}>
        <div className={css.hint}>
          <p className="sd-strong">{t('slots.noBytes')}</p>
          <p className="sd-2">{t('slots.noBytesWhat')}</p>
        </div>
      </Panel>
    );
  return null;
}
