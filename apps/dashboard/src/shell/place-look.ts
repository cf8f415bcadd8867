import type { Icon } from '@tabler/icons-react';
import {
  IconActivity,
  IconArrowsExchange,
  IconGridDots,
  IconServer2,
  IconStethoscope,
  IconTimeline,
} from '../icons.ts';
import type { Place } from './use-shell-cluster.ts';

export const PLACE_ICON: Record<Place, Icon> = {
  overview: IconActivity,
  slots: IconGridDots,
  nodes: IconServer2,
  timeline: IconTimeline,
  operations: IconArrowsExchange,
  doctor: IconStethoscope,
};
