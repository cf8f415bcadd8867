import type { Words } from '../../words/words.ts';
import type { DraftProblem, NotATarget } from './draft.ts';

/** Why a step cannot be left, as a sentence. */
export function explainDraft(problem: DraftProblem, { t }: Words): string {
  switch (problem.code) {
    case 'no-slots-named':
      return t('wizard.noSlotsNamed');
    case 'not-a-slot':
      return t('wizard.notASlot', { part: problem.part });
    case 'out-of-range':
      return t('wizard.outOfRange', { part: problem.part });
    case 'reversed':
      return t('wizard.reversed', { part: problem.part });
    case 'no-count':
      return t('wizard.noCount');
    case 'count-not-a-number':
      return t('wizard.countNotANumber', { part: problem.part });
    case 'count-too-large':
      return t('wizard.countTooLarge', { available: problem.available });
    case 'no-target':
      return t('wizard.noTarget');
    case 'node-gone':
      return t('wizard.nodeGone', { node: problem.node.slice(0, 8) });
    case 'target-not-possible':
      return t('wizard.targetNotPossible', { node: problem.node, why: explainNotATarget(problem.why, { t }) });
    case 'all-there-already':
      return t('wizard.ownsThemAll');
  }
}

export function explainNotATarget(why: Exclude<NotATarget, null>, { t }: Pick<Words, 't'>): string {
  switch (why) {
    case 'replica':
      return t('wizard.offReplica');
    case 'role-unknown':
      return t('wizard.offRoleUnknown');
    case 'failed':
      return t('wizard.offFailed');
    case 'no-answer':
      return t('wizard.offNoAnswer');
    case 'is-source':
      return t('wizard.offIsSource');
    case 'owns-them-all':
      return t('wizard.ownsThemAll');
  }
}
