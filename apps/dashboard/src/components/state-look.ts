import type { ClusterHealth, Severity } from '@slotdeck/model/finding';
import type { OperationStatus } from '@slotdeck/model/operation';
import type { StepView } from '@slotdeck/model/operation-view';
import type { NodeHealth } from '@slotdeck/model/topology';
import type { Icon } from '@tabler/icons-react';
import {
  IconAlertOctagon,
  IconAlertTriangle,
  IconBan,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconClock,
  IconCloudOff,
  IconEyeOff,
  IconHelpCircle,
  IconHourglassEmpty,
  IconInfoCircle,
  IconLoader2,
  IconPlayerPause,
  IconPlayerSkipForward,
  IconPlayerStop,
  IconRefresh,
  IconUnlink,
  IconUser,
} from '../icons.ts';
import type { Tone } from './Panel.tsx';
import type { WordKey } from '../words/words.ts';

/** Icon, word and colour of every state: the one place where they are chosen. Null is quiet ink. */
export interface StateLook {
  readonly icon: Icon;
  readonly tone: Tone | null;
  readonly word: WordKey;
  readonly spins?: true;
}

export const NODE_LOOK: Record<NodeHealth, StateLook> = {
  failed: { icon: IconAlertOctagon, tone: 'danger', word: 'states.node.failed' },
  'no-answer': { icon: IconCloudOff, tone: 'danger', word: 'states.node.no-answer' },
  refuses: { icon: IconCircleX, tone: 'danger', word: 'states.node.refuses' },
  suspected: { icon: IconAlertTriangle, tone: 'warn', word: 'states.node.suspected' },
  'no-address': { icon: IconHelpCircle, tone: 'warn', word: 'states.node.no-address' },
  handshake: { icon: IconUser, tone: null, word: 'states.node.handshake' },
  loading: { icon: IconHourglassEmpty, tone: 'info', word: 'states.node.loading' },
  'half-linked': { icon: IconUnlink, tone: 'warn', word: 'states.node.half-linked' },
  'link-down': { icon: IconUnlink, tone: 'warn', word: 'states.node.link-down' },
  syncing: { icon: IconHourglassEmpty, tone: 'info', word: 'states.node.syncing' },
  healthy: { icon: IconCircleCheck, tone: 'ok', word: 'states.node.healthy' },
  unknown: { icon: IconHelpCircle, tone: null, word: 'states.node.unknown' },
};

export const CLUSTER_LOOK: Record<ClusterHealth, StateLook> = {
  critical: { icon: IconAlertOctagon, tone: 'danger', word: 'states.cluster.critical' },
  warning: { icon: IconAlertTriangle, tone: 'warn', word: 'states.cluster.warning' },
  unknown: { icon: IconHelpCircle, tone: null, word: 'states.cluster.unknown' },
  partial: { icon: IconEyeOff, tone: null, word: 'states.cluster.partial' },
  healthy: { icon: IconCircleCheck, tone: 'ok', word: 'states.cluster.healthy' },
};

export const SEVERITY_LOOK: Record<Severity, StateLook> = {
  critical: { icon: IconAlertOctagon, tone: 'danger', word: 'states.severity.critical' },
  warning: { icon: IconAlertTriangle, tone: 'warn', word: 'states.severity.warning' },
  notice: { icon: IconInfoCircle, tone: 'info', word: 'states.severity.notice' },
};

export const OPERATION_LOOK: Record<OperationStatus, StateLook> = {
  queued: { icon: IconClock, tone: null, word: 'states.operation.queued' },
  running: { icon: IconLoader2, tone: 'info', word: 'states.operation.running', spins: true },
  pausing: { icon: IconPlayerPause, tone: 'warn', word: 'states.operation.pausing' },
  paused: { icon: IconPlayerPause, tone: null, word: 'states.operation.paused' },
  cancelling: { icon: IconPlayerStop, tone: 'warn', word: 'states.operation.cancelling' },
  cancelled: { icon: IconBan, tone: null, word: 'states.operation.cancelled' },
  succeeded: { icon: IconCircleCheck, tone: 'ok', word: 'states.operation.succeeded' },
  failed: { icon: IconAlertOctagon, tone: 'danger', word: 'states.operation.failed' },
};

export const STEP_LOOK: Record<StepView['state'], StateLook> = {
  waiting: { icon: IconCircleDashed, tone: null, word: 'states.step.waiting' },
  running: { icon: IconLoader2, tone: 'info', word: 'states.step.running', spins: true },
  retrying: { icon: IconRefresh, tone: 'warn', word: 'states.step.retrying' },
  done: { icon: IconCircleCheck, tone: 'ok', word: 'states.step.done' },
  skipped: { icon: IconPlayerSkipForward, tone: null, word: 'states.step.skipped' },
  failed: { icon: IconAlertOctagon, tone: 'danger', word: 'states.step.failed' },
};

export const CHECK_LOOK: Record<'blocker' | 'warning' | 'info' | 'passed', StateLook> = {
  blocker: { icon: IconBan, tone: 'danger', word: 'states.check.blocker' },
  warning: { icon: IconAlertTriangle, tone: 'warn', word: 'states.check.warning' },
  info: { icon: IconInfoCircle, tone: 'info', word: 'states.check.info' },
  passed: { icon: IconCircleCheck, tone: 'ok', word: 'states.check.passed' },
};
