import type { PlanProblem } from '@slotdeck/model/plan';
import { countSlots } from '@slotdeck/model/slot-ranges';
import type { Candidate } from '../observe/candidate.ts';
import { planProblem } from './plan-problems.ts';

export type AnsweredCandidate = Extract<Candidate, { state: 'answered' }>;

export function nameOfCandidate({ address: { host, port } }: Candidate): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** What keeps what stands at an address from becoming a node of a cluster: it must answer, be empty, and know nobody. */
export function judgeCandidate(candidate: Candidate, as: 'primary' | 'replica'): PlanProblem[] {
  const name = nameOfCandidate(candidate);
  if (candidate.state === 'silent') {
    const { code, seen } = candidate.problem;
    return [planProblem('candidate-no-answer', { name, problem: code, seen })];
  }
  if (candidate.state === 'ambiguous')
    return [planProblem('candidate-ambiguous', { name, answers: [...candidate.answers] })];
  const facts = { node: candidate.id, name };
  const problems: PlanProblem[] = [];
  if (candidate.knows.length > 0) {
    problems.push(planProblem('candidate-knows-others', { ...facts, count: candidate.knows.length }));
  }
  if (candidate.role === 'replica') problems.push(planProblem('candidate-is-replica', facts));
  if (candidate.slots.length > 0) {
    problems.push(planProblem('candidate-has-slots', { ...facts, slots: countSlots(candidate.slots) }));
  }
  if (candidate.keys === null) problems.push(planProblem('candidate-keys-unknown', facts));
  else if (candidate.keys > 0) problems.push(planProblem('candidate-has-keys', { ...facts, keys: candidate.keys }));
  // What a replica has is replaced by what its primary has.
  if (as === 'primary' && candidate.libraries !== null && candidate.libraries > 0) {
    problems.push(planProblem('candidate-has-functions', { ...facts, libraries: candidate.libraries }));
  }
  return problems;
}
