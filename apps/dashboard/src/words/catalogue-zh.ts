import { change } from './zh/change.ts';
import { charts } from './zh/charts.ts';
import { clusters } from './zh/clusters.ts';
import { doctor } from './zh/doctor.ts';
import { errors } from './zh/errors.ts';
import { events } from './zh/events.ts';
import { findings } from './zh/findings.ts';
import { moveProblems } from './zh/move-problems.ts';
import { nodes } from './zh/nodes.ts';
import { operations } from './zh/operations.ts';
import { overview } from './zh/overview.ts';
import { planProblems } from './zh/plan-problems.ts';
import { problems } from './zh/problems.ts';
import { shell } from './zh/shell.ts';
import { signIn } from './zh/sign-in.ts';
import { slots } from './zh/slots.ts';
import { states } from './zh/states.ts';
import { wizard } from './zh/wizard.ts';
import type { Catalogue } from './words.ts';

/** Loaded only when chosen. */
export const zh = {
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
} satisfies Catalogue;
