import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useRef } from 'react';
import type { Reply } from '@slotdeck/contract/client';
import { ApiError } from '@slotdeck/contract/errors';
import type { Pace } from '@slotdeck/model/pace';
import { call } from '../../api/client.ts';
import { useClusterPage } from '../cluster/cluster-page.tsx';
import { readPlanChanges, type PlanChange } from './plan-changes.ts';
import { operationInTheWay, type InTheWay } from './StartTrouble.tsx';

export interface StartOfPlan {
  start(): void;
  /** Asked, or on the way to the operation's page. */
  readonly isStarting: boolean;
  /** Why it was refused, where that is neither a stale plan nor something in the way. */
  readonly error: Error | null;
  readonly changes: readonly PlanChange[];
  readonly isStale: boolean;
  readonly inTheWay: InTheWay | null;
}

/** Starts a plan once, and says what keeps it from being started. `consent`: the phrase that was typed, where the plan asks for one. */
export function useStartPlan({ plan, stale, startedAs }: Reply<'getPlan'>, pace: Pace, consent?: string): StartOfPlan {
  const { id: clusterId } = useClusterPage();
  const navigate = useNavigate();
  const starting = useMutation({
    mutationFn: () =>
      call('startOperation', {
        params: { clusterId },
        body: { planId: plan.id, pace, ...(consent === undefined ? {} : { consent }) },
      }),
    onSuccess: ({ id }) => void navigate({ to: '/operations/$operationId', params: { operationId: id } }),
  });
  // Two clicks in one frame both see the button as it was drawn before either of them.
  const isAsked = useRef(false);
  const refused = starting.error instanceof ApiError ? starting.error : null;
  const changes = readPlanChanges(refused?.code === 'plan-stale' ? refused.facts['changes'] : stale);
  const isStale = refused?.code === 'plan-stale' || changes.length > 0;
  const inTheWay = operationInTheWay(refused, startedAs);
  return {
    start() {
      if (isAsked.current) return;
      isAsked.current = true;
      starting.mutate(undefined, {
        onError: () => {
          isAsked.current = false;
        },
      });
    },
    isStarting: starting.isPending || starting.isSuccess,
    error: isStale || inTheWay !== null ? null : starting.error,
    changes,
    isStale,
    inTheWay,
  };
}
