import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import type { Plan, PlannedCommand } from '@slotdeck/model/plan';
import { findNode, type Topology } from '@slotdeck/model/topology';
import { useWords } from '../../words/use-words.tsx';
import type { Words } from '../../words/words.ts';
import { shellWord } from '../operations/redis-cli-script.ts';
import css from './Wizard.module.css';

const LINE = 24;

type Row =
  { readonly kind: 'phase'; readonly phase: string } | { readonly kind: 'command'; readonly command: PlannedCommand };

function rowsOf(commands: readonly PlannedCommand[], words: Words): Row[] {
  const rows: Row[] = [];
  let last: PlannedCommand['phase'] | null = null;
  for (const command of commands) {
    if (command.phase !== last) rows.push({ kind: 'phase', phase: phaseWord(command.phase, words) });
    last = command.phase;
    rows.push({ kind: 'command', command });
  }
  return rows;
}

function phaseWord(phase: PlannedCommand['phase'], { t }: Words): string {
  switch (phase) {
    case 'check':
      return t('wizard.phaseCheck');
    case 'introduce':
      return t('wizard.phaseIntroduce');
    case 'configure':
      return t('wizard.phaseConfigure');
    case 'replicate':
      return t('wizard.phaseReplicate');
    case 'promote':
      return t('wizard.phasePromote');
    case 'assign':
      return t('wizard.phaseAssign');
    case 'open':
      return t('wizard.phaseOpen');
    case 'move':
      return t('wizard.phaseMove');
    case 'drained':
      return t('wizard.phaseDrained');
    case 'raise-epoch':
      return t('wizard.phaseEpoch');
    case 'hand-over':
      return t('wizard.phaseHandOver');
    case 'wait':
      return t('wizard.phaseWait');
    case 'close':
      return t('wizard.phaseClose');
    case 'copy':
      return t('wizard.phaseCopy');
    case 'forget':
      return t('wizard.phaseForget');
    case 'reset':
      return t('wizard.phaseReset');
    case 'verify':
      return t('wizard.phaseVerify');
  }
}

/** A long plan has thousands of lines, so only the visible ones are drawn. */
export function CommandList({ plan, topology }: { plan: Plan; topology: Topology }) {
  const words = useWords();
  const { t } = words;
  const box = useRef<HTMLDivElement>(null);
  const rows = rowsOf(plan.commands, words);
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => LINE,
    overscan: 12,
  });
  return (
    <div ref={box} className={css.commands} tabIndex={0} role="region" aria-label={t('wizard.exactCommands')}>
      <div style={{ height: list.getTotalSize(), position: 'relative' }}>
        {list.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          if (row === undefined) return null;
          return (
            <div key={index} className={css.commandRow} style={{ transform: `translateY(${start}px)`, height: LINE }}>
              {row.kind === 'phase' ? (
                <span className="sd-strong sd-small">{row.phase}</span>
              ) : (
                <>
                  <span className={`sd-mono sd-3 sd-cut ${css.commandNode}`}>
                    {findNode(topology, row.command.node)?.name ?? row.command.node}
                  </span>
                  <span className="sd-mono sd-cut">{row.command.command.map(shellWord).join(' ')}</span>
                  {row.command.repeat > 1 && <span className="sd-3 sd-small sd-nowrap">×{row.command.repeat}</span>}
                </>
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}
