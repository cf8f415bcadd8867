import { Button, SegmentedControl } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, useState, type KeyboardEvent } from 'react';
import type { OperationId } from '@slotdeck/model/ids';
import type { TranscriptLine } from '@slotdeck/model/operation-events';
import { findNode, type Topology } from '@slotdeck/model/topology';
import { call } from '../../api/client.ts';
import { CopyButton } from '../../components/CopyButton.tsx';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { Panel } from '../../components/Panel.tsx';
import { IconArrowDown, IconDownload } from '../../icons.ts';
import { printClock, printLatency } from '../../words/format-time.ts';
import { useWords } from '../../words/use-words.tsx';
import { shellWord, transcriptScript } from './redis-cli-script.ts';
import { saveText } from './save-text.ts';
import { heldBack, transcriptView, type TranscriptFilter } from './transcript-view.ts';
import css from './OperationPage.module.css';

const LINE = 24;
const PAGE = 500;
/** A saved transcript is at most this many requests of a thousand lines; the server keeps no more anyway. */
const MOST_PAGES = 60;

interface TranscriptProps {
  readonly operationId: OperationId;
  readonly live: readonly TranscriptLine[];
  readonly topology: Topology | null;
}

/** Every command that was sent, newest first. Reading further down stops the following; older lines come on request. */
export function Transcript({ operationId, live, topology }: TranscriptProps) {
  const words = useWords();
  const { t } = words;
  const [filter, setFilter] = useState<TranscriptFilter>('all');
  const sent = (live.at(-1)?.index ?? -1) + 1;
  const addressOf = (id: string): { host: string; port: number } | null => {
    const node = topology === null ? undefined : findNode(topology, id);
    return node === undefined ? null : { host: node.host, port: node.port };
  };
  const script = (lines: readonly TranscriptLine[]): string =>
    transcriptScript(lines, addressOf, {
      head: [t('operations.scriptHead', { operation: operationId }), t('operations.scriptWarning')],
      repeated: (n) => t('wizard.repeated', { n }),
      cut: (n) => t('operations.scriptCut', { n }),
      noAddress: (node) => t('operations.scriptNoAddress', { node }),
      waited: (text) => t('operations.scriptWaited', { text }),
    });
  const saving = useMutation({
    mutationFn: () => wholeTranscript(operationId),
    onSuccess: (lines) => saveText(`${operationId}.sh`, script(lines)),
  });
  return (
    <Panel
      title={t('operations.transcript')}
      note={t('operations.commandsSent', { n: sent })}
      aside={
        <span className="sd-row sd-wrap">
          <SegmentedControl
            size="xs"
            aria-label={t('operations.filter')}
            value={filter}
            onChange={(next) => setFilter(next === 'errors' || next === 'handovers' ? next : 'all')}
            data={[
              { value: 'all', label: t('operations.filterAll') },
              { value: 'handovers', label: t('operations.filterHandovers') },
              { value: 'errors', label: t('operations.filterErrors') },
            ]}
          />
          <CopyButton text={() => script(live)} label={t('operations.copyScript')} />
          <Button
            variant="subtle"
            color="gray"
            leftSection={<IconDownload aria-hidden />}
            loading={saving.isPending}
            onClick={() => saving.mutate()}
          >
            {t('operations.save')}
          </Button>
        </span>
      }
    >
      {saving.isError && <ErrorPanel error={saving.error} />}
      <TranscriptList key={filter} operationId={operationId} live={live} topology={topology} filter={filter} />
    </Panel>
  );
}

async function wholeTranscript(operationId: OperationId): Promise<TranscriptLine[]> {
  const lines: TranscriptLine[] = [];
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const before = lines.at(-1)?.index;
    const answer = await call('getTranscript', {
      params: { operationId },
      query: { limit: 1000, ...(before === undefined ? {} : { before }) },
    });
    const older = [...answer.lines].sort((a, b) => b.index - a.index);
    if (older.length === 0) break;
    lines.push(...older);
  }
  return lines;
}

type Older = { readonly state: 'more' } | { readonly state: 'all' };

function TranscriptList({
  operationId,
  live,
  topology,
  filter,
}: TranscriptProps & { readonly filter: TranscriptFilter }) {
  const words = useWords();
  const { t } = words;
  const box = useRef<HTMLDivElement>(null);
  const [older, setOlder] = useState<readonly TranscriptLine[]>([]);
  const [reach, setReach] = useState<Older>({ state: 'more' });
  const [heldAt, setHeldAt] = useState<number | null>(null);
  const lines = transcriptView(live, older, filter, heldAt);
  const waiting = heldBack(live, heldAt);
  const list = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => LINE,
    overscan: 10,
  });
  const loading = useMutation({
    mutationFn: () => {
      const before = Math.min(
        lines.at(-1)?.index ?? Number.POSITIVE_INFINITY,
        live[0]?.index ?? Number.POSITIVE_INFINITY,
      );
      return call('getTranscript', {
        params: { operationId },
        query: { limit: PAGE, filter, ...(Number.isFinite(before) ? { before } : {}) },
      });
    },
    onSuccess: (answer) => {
      setOlder((known) => [...known, ...answer.lines]);
      if (answer.lines.length < PAGE) setReach({ state: 'all' });
    },
  });
  const follow = (): void => {
    setHeldAt(null);
    box.current?.scrollTo({ top: 0 });
  };
  const scroll = (): void => {
    const top = box.current?.scrollTop ?? 0;
    if (top > LINE && heldAt === null) setHeldAt(live.at(-1)?.index ?? null);
    if (top === 0 && heldAt !== null) setHeldAt(null);
  };
  const press = (event: KeyboardEvent): void => {
    if (event.key !== ' ' || event.target !== box.current) return;
    event.preventDefault();
    if (heldAt === null) setHeldAt(live.at(-1)?.index ?? null);
    else follow();
  };
  // The first line of all is index 0: whoever holds it holds everything.
  const isWhole = reach.state === 'all' || (filter === 'all' && lines.at(-1)?.index === 0);
  return (
    <>
      <div
        ref={box}
        className={css.transcript}
        role="region"
        tabIndex={0}
        aria-label={t('operations.transcript')}
        onScroll={scroll}
        onKeyDown={press}
      >
        <div style={{ height: list.getTotalSize(), position: 'relative' }}>
          {list.getVirtualItems().map(({ index, start }) => {
            const line = lines[index];
            return line === undefined ? null : (
              <div key={line.index} className={css.line} style={{ transform: `translateY(${start}px)`, height: LINE }}>
                <TranscriptRow line={line} topology={topology} />
              </div>
            );
          })}
        </div>
        {lines.length === 0 && (
          <p className={`${css.nothing} sd-2`}>
            {filter === 'errors' ? t('operations.noErrors') : t('operations.noLines')}
          </p>
        )}
      </div>
      <div className={css.transcriptFoot}>
        {waiting > 0 && (
          <Button leftSection={<IconArrowDown aria-hidden style={{ rotate: '180deg' }} />} onClick={follow}>
            {t('operations.follow', { n: waiting })}
          </Button>
        )}
        {!isWhole && (
          <Button variant="subtle" color="gray" loading={loading.isPending} onClick={() => loading.mutate()}>
            {t('operations.loadOlder')}
          </Button>
        )}
        {loading.isError && <ErrorPanel error={loading.error} />}
      </div>
    </>
  );
}

function TranscriptRow({ line, topology }: { line: TranscriptLine; topology: Topology | null }) {
  const words = useWords();
  const name = (topology === null ? undefined : findNode(topology, line.node)?.name) ?? line.node;
  const millis = String(Math.floor(line.at % 1000)).padStart(3, '0');
  const tone = line.outcome === 'error' ? 'sd-danger' : line.outcome === 'waited' ? 'sd-ok' : 'sd-2';
  const command = line.command.map(shellWord).join(' ');
  return (
    <>
      <span className="sd-mono sd-3">
        {printClock(line.at)}.{millis}
      </span>
      <span className={`sd-mono sd-2 sd-cut ${css.lineNode}`} title={name}>
        {name}
      </span>
      <span className="sd-mono sd-cut sd-grow" title={command}>
        {command}
        {line.more > 0 && <span className="sd-3"> +{line.more}</span>}
      </span>
      <span className={`sd-mono sd-cut ${css.reply} ${tone}`} title={line.reply}>
        {line.reply}
      </span>
      <span className={`sd-mono sd-3 ${css.ms}`}>{printLatency(line.ms, words)}</span>
    </>
  );
}
