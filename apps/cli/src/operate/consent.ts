import type { Plan } from '@slotdeck/model/plan';
import type { Ask } from './operation-request.ts';

/** A phrase is never given by `--yes`: it stands for what can be lost. */
export async function isWanted(
  plan: Plan,
  given: { readonly yes: boolean; readonly confirm: string | undefined },
  ask: Ask,
): Promise<boolean> {
  const consent = plan.consent ?? null;
  // Given by its own option, in so many words.
  if (plan.kind === 'fix' && plan.params.acceptLoss && given.yes) return true;
  if (consent !== null) {
    const phrase = given.confirm ?? (await ask(`Type "${consent.phrase}" to go on: `)).trim();
    return phrase === consent.phrase;
  }
  if (given.yes) return true;
  const question =
    plan.kind === 'create'
      ? "Can I set the above configuration? (type 'yes' to accept): "
      : `Do you want to proceed with the proposed ${plan.kind} plan (yes/no)? `;
  const answer = await ask(question);
  return answer.trim() === 'yes';
}
