import { change } from './en/change.ts';
import { charts } from './en/charts.ts';
import { clusters } from './en/clusters.ts';
import { doctor } from './en/doctor.ts';
import { errors } from './en/errors.ts';
import { events } from './en/events.ts';
import { findings } from './en/findings.ts';
import { moveProblems } from './en/move-problems.ts';
import { nodes } from './en/nodes.ts';
import { operations } from './en/operations.ts';
import { overview } from './en/overview.ts';
import { planProblems } from './en/plan-problems.ts';
import { problems } from './en/problems.ts';
import { shell } from './en/shell.ts';
import { signIn } from './en/sign-in.ts';
import { slots } from './en/slots.ts';
import { states } from './en/states.ts';
import { wizard } from './en/wizard.ts';

/** English is the catalogue's measure: its keys are the keys. */
export const en = {
  change,
  charts,
  clusters,
  doctor,
  errors,
  events,
  findings,
  moveProblems,
  nodes,
  operations,
  overview,
  planProblems,
  problems,
  shell,
  signIn,
  slots,
  states,
  wizard,
} as const;
